import { describe, expect, test } from "vitest";
import type { RunOptions } from "../../src/api/handle.ts";
import { BelfryError } from "../../src/base/errors.ts";
import type { Instance } from "../../src/engine/instance.ts";
import { defineTask } from "../../src/task/definition.ts";
import { task } from "../engine/support/jobs.ts";
import { openApp, storeKinds } from "./support/app.ts";
import { Fuzzer } from "./support/fuzzer.ts";

const requests = { memory: 8_000, sqlite: 2_000 };

async function fuzz(store: keyof typeof requests, numRuns: number, change?: (engine: Instance) => Instance) {
  const off = task(() => {}, { name: "off", enabled: false });
  // Due long after this test, so that no run is made but by what is sent.
  const tick = defineTask({ name: "tick", schedule: { at: new Date("2099-01-01T00:00:00Z") }, handler: () => {} });
  const app = await openApp({ store, tasks: [task(() => {}), off, tick], change });
  const { secret } = await app.engine.keys.create({ name: "fuzz", scope: "admin" });
  const handle = app.engine.task("task");
  const ids = [await handle.run({ delay: "1h" }), await handle.run()].map(({ trackingId }) => trackingId);
  const fuzzer = new Fuzzer(app);
  await fuzzer.fire(numRuns, ids, `Bearer ${secret}`);
  return { app, fuzzer };
}

test.each(storeKinds)(
  "whatever is sent to the %s store is answered well or refused by its code",
  async (store) => {
    const numRuns = requests[store];
    const { app, fuzzer } = await fuzz(store, numRuns);
    expect(fuzzer.sent).toBeGreaterThan(numRuns * 0.8);
    expect(fuzzer.outcomes.get("ok")).toBeGreaterThan(numRuns * 0.1);
    expect(fuzzer.outcomes.size, [...fuzzer.outcomes].join(" ")).toBeGreaterThan(12);
    expect(app.said.errors).toEqual([]);
  },
  180_000,
);

describe("the fuzz notices an engine that", () => {
  const broken =
    (trigger: (engine: Instance, name: string, options?: RunOptions) => Promise<never>) => (engine: Instance) =>
      new Proxy(engine, {
        get: (target, name) => {
          if (name === "trigger") return (task: string, options?: RunOptions) => trigger(target, task, options);
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });

  test("fails as it never should", async () => {
    const change = broken(() => Promise.reject(new TypeError("nobody thought of this")));
    await expect(fuzz("memory", 1_000, change)).rejects.toThrow();
  });

  test("keeps what it refuses", async () => {
    const change = broken(async (engine, name, options) => {
      await engine.trigger(name, options);
      throw new BelfryError("E_OPTION", { field: "payload", value: 1, expected: "another" });
    });
    await expect(fuzz("memory", 1_000, change)).rejects.toThrow();
  });
});
