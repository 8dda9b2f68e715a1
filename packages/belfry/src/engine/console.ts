import { format } from "node:util";
import { shared } from "./global.ts";

const methods = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;
type Method = keyof typeof methods;

let users = 0;
const originals = new Map<Method, Console[Method]>();

/** From now on what an attempt prints with `console.*` goes to its log too, where its task asks for it. Counted: the last `releaseConsole` ends it. */
export function captureConsole(): void {
  users += 1;
  if (users > 1) return;
  for (const method of Object.keys(methods) as Method[]) {
    const original = console[method];
    originals.set(method, original);
    console[method] = (...args: unknown[]) => {
      original.apply(console, args);
      shared().inside.getStore()?.print?.(methods[method], format(...args));
    };
  }
}

/** Ends one `captureConsole`. */
export function releaseConsole(): void {
  users -= 1;
  if (users > 0) return;
  for (const [method, original] of originals) console[method] = original;
  originals.clear();
}
