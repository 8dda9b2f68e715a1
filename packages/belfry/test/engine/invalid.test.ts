import { expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { World } from "./support/world.ts";

/** What a node of another release, without this zone, did to a schedule. */
async function broken(): Promise<{ world: World; tasks: unknown[]; job: Job }> {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const tasks = [heldTask(job, { schedule: "*/5 * * * *", overlap: "allow" })];
  const first = await world.start({ tasks });
  await first.belfry.schedules.put("job", "own", { cron: "*/5 * * * *" });
  await first.stop();
  const other = await world.start({ tasks: [], app: "other" });
  const specs = [...world.state.schedules.values()].map((row) => ({ row, spec: row.spec }));
  for (const { row } of specs) row.spec = '{"cron":"*/5 * * * *","timezone":"Nowhere/Never"}';
  await world.time.advance(5 * 60_000);
  for (const { row, spec } of specs) {
    expect(row.dueAt).toBeUndefined();
    row.spec = spec;
  }
  await other.stop();
  return { world, tasks, job };
}

test("a schedule that could not be read once is due again after a start of the same set, and a put of the same rule", async () => {
  const { world, tasks, job } = await broken();
  const { belfry } = await world.start({ tasks });
  await world.time.advance(5 * 60_000);
  expect(job.attempts).toHaveLength(1);
  expect(await belfry.schedules.put("job", "own", { cron: "*/5 * * * *" })).toMatchObject({ outcome: "changed" });
  await world.time.advance(5 * 60_000);
  // The one of the code's, the put one's, and the instant that was due and undecided when that was put again.
  expect(job.attempts).toHaveLength(4);
  const { items } = await belfry.schedules.firings("job");
  expect(items.map(({ decision }) => decision)).toContain("invalid");
  expect(await belfry.audit()).toMatchObject({ found: 0 });
});
