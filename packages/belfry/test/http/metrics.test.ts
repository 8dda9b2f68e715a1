import { expect, test } from "vitest";
import type { Instance } from "../../src/engine/instance.ts";
import { Metrics } from "../../src/server/metrics.ts";
import { defineTask } from "../../src/task/definition.ts";
import { openApp } from "./support/app.ts";
import { eventually } from "./support/eventually.ts";

const dayMs = 24 * 3_600_000;

test("a backfill's runs are counted, and are not late", async () => {
  const daily = defineTask({ name: "daily", schedule: { every: "1d", anchor: new Date(0) }, handler: () => {} });
  const app = await openApp({ tasks: [daily] });
  const now = app.engine.now();
  const range = { from: new Date(now - 3 * dayMs), to: new Date(now) };
  const { id } = await app.engine.schedules.backfill("daily", "default", { ...range, concurrency: 5 });
  await eventually(async () => (await app.engine.backfills.get(id)).state === "done");
  const text = await (await app.ask("/metrics")).text();
  expect(text).toMatch(/^belfry_runs_completed_total\{task="daily"\} [34]$/m);
  expect(text).not.toContain('belfry_firing_lateness_seconds_count{task="daily"}');
  expect(text).toMatch(/^belfry_schedules_late 0$/m);
});

test("instants that nothing decides are told", async () => {
  const engine = { on: () => () => {}, nodes: async () => [], schedules: { late: async () => 3 } };
  const metrics = new Metrics({ engine: engine as unknown as Instance });
  expect((await metrics.render()).body).toMatch(/^belfry_schedules_late 3$/m);
});
