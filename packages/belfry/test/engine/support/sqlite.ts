import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { systemClock } from "../../../src/clock/system.ts";
import { createBelfry } from "../../../src/create.ts";
import type { Belfry } from "../../../src/engine/belfry.ts";
import type { BelfryEvents } from "../../../src/engine/events.ts";
import { Instance } from "../../../src/engine/instance.ts";
import { parseBelfryOptions } from "../../../src/engine/options.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import { Said } from "./ears.ts";

type Options = Omit<Parameters<typeof createBelfry>[0], "store" | "tasks"> & {
  tasks?: readonly never[] | readonly object[];
};

/** A file of its own, gone at the test's end. */
export async function freshFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-engine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "belfry.db");
}

/** A started engine on this file, stopped at the test's end. */
export async function startOn(file: string, options: Options = {}): Promise<Belfry> {
  const all = { logger: new Said(), stopGrace: "5s", ...options, store: `sqlite:${file}` };
  const belfry: Belfry = createBelfry(all as Parameters<typeof createBelfry>[0]);
  onTestFinished(() => belfry.stop());
  await belfry.start();
  return belfry;
}

/** An engine and a store whose wall clock the test shifts; timers are the machine's. */
export async function startShifted(file: string, options: Options = {}) {
  const shift = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + shift.ms };
  const { settings, tasks } = parseBelfryOptions({ logger: new Said(), ...options, store: `sqlite:${file}` }, {});
  const presence = {
    listen: async () => undefined,
    probe: async () => "unknown" as const,
    forget: async () => {},
    close: async () => {},
  };
  const belfry = new Instance({
    open: () => openSqliteStore({ file, presence, clock }),
    api: () => Promise.reject(new Error("nothing is served here")),
    tasks,
    settings,
    clock,
    name: "shifted",
  });
  onTestFinished(() => belfry.stop());
  await belfry.start();
  return { belfry, shift, clock };
}

/** The next event of this name that fits. */
export function next<Name extends keyof BelfryEvents>(
  belfry: Pick<Belfry, "on">,
  name: Name,
  fits: (event: BelfryEvents[Name]) => boolean = () => true,
): Promise<BelfryEvents[Name]> {
  return new Promise((resolve) => {
    const off = belfry.on(name, (event) => {
      if (!fits(event)) return;
      off();
      resolve(event);
    });
  });
}

/** Resolves when a list has so many items. */
export async function grown(list: { length: number }, count: number): Promise<void> {
  await expect.poll(() => list.length, { interval: 2, timeout: 20_000 }).toBeGreaterThanOrEqual(count);
}
