import { format } from "node:util";
import { shared } from "./global.ts";

const methods = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/**
 * From now on what an attempt prints with `console.*` goes to its log too, where its task asks for it. Counted over all
 * copies of Belfry in the process: the last `releaseConsole` ends it.
 */
export function captureConsole(): void {
  const holder = shared();
  holder.console ??= { users: 0, restore: wrapAll() };
  holder.console.users += 1;
}

/** Ends one `captureConsole`. */
export function releaseConsole(): void {
  const holder = shared();
  if (!holder.console || --holder.console.users > 0) return;
  holder.console.restore();
  delete holder.console;
}

function wrapAll(): () => void {
  const restores = (Object.keys(methods) as (keyof typeof methods)[]).map(wrap);
  return () => {
    for (const restore of restores) restore();
  };
}

/** Answers what ends it: also where somebody has put something else on top in the meantime, which then stays. */
function wrap(method: keyof typeof methods): () => void {
  const original = console[method];
  let isActive = true;
  const wrapped = (...args: unknown[]): void => {
    original.apply(console, args);
    if (isActive)
      shared()
        .inside.getStore()
        ?.print?.(methods[method], format(...args));
  };
  console[method] = wrapped;
  return () => {
    isActive = false;
    if (console[method] === wrapped) console[method] = original;
  };
}
