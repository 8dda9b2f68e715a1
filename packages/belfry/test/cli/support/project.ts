import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createInstance } from "../../../src/create.ts";
import type { Instance } from "../../../src/engine/instance.ts";
import { defineTask } from "../../../src/task/definition.ts";

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A folder of its own, gone once `letGo` is called. */
export async function freshFolder(): Promise<{ folder: string; letGo: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-cli-"));
  return { folder, letGo: () => rm(folder, { recursive: true }) };
}

/** Opens gates that a handler waits at. */
export class Gate {
  readonly #opened: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  wait(signal: AbortSignal): Promise<unknown> {
    return Promise.race([this.#opened, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
  }
}

/** A project: a folder with a store, and an engine that works on it. */
export interface Project {
  readonly folder: string;
  readonly store: string;
  readonly engine: Instance;
  /** What the task "waits" waits for. */
  readonly gate: Gate;
}

/** The tasks of a test's project. */
function tasksOf(gate: Gate) {
  return [
    defineTask({
      name: "billOnDemand",
      schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
      handler: (run) => {
        run.log.info("billing", { month: run.payload });
        run.log.warn("red \u001b[31m and\nanother line");
        return { billed: 3 };
      },
    }),
    defineTask({
      name: "fails",
      handler: () => {
        throw new TypeError("no such customer");
      },
    }),
    defineTask({
      name: "waits",
      handler: async (run) => {
        run.progress(0.25, "a quarter");
        run.log.info("waiting");
        await gate.wait(run.signal);
      },
    }),
    defineTask({ name: "two words", schedule: { every: "1h" }, handler: () => {} }),
    defineTask({ name: "off", enabled: false, schedule: "@daily", handler: () => {} }),
  ];
}

/** A project for all tests of a file. */
export function useProject(): () => Project {
  let project: (Project & { letGo: () => Promise<void> }) | undefined;
  beforeAll(async () => {
    const { folder, letGo } = await freshFolder();
    const [store, gate] = [`sqlite:${join(folder, "belfry.db")}`, new Gate()];
    const options = { store, tasks: tasksOf(gate), logger: quiet, stopGrace: "1s" };
    const engine = createInstance(options, {});
    project = { folder, store, engine, gate, letGo };
    await engine.start();
  });
  afterAll(async () => {
    await project?.engine.stop();
    await project?.letGo();
  });
  return () => {
    if (!project) throw new Error("the project is there only while tests run");
    return project;
  };
}
