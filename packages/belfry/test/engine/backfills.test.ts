import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const hourMs = 3_600_000;
const range = { from: new Date("2026-01-05T02:00:00Z"), to: new Date("2026-01-05T06:00:00Z") };

function hours(job: Job): (string | undefined)[] {
  return job.attempts.map(({ run }) => run.scheduledFor?.toISOString().slice(11, 16));
}

/** A node at noon, with a schedule that has not fired yet. */
async function atNoon(job: Job, rules: Parameters<typeof heldTask>[1] = {}) {
  const world = new World("2026-01-05T12:01:00.000Z");
  const node = await world.start({ tasks: [heldTask(job, { schedule: "@hourly", ...rules })] });
  return { world, ...node };
}

describe("a backfill", () => {
  test("runs the instants of its range one after the other, oldest first", async () => {
    const job = new Job();
    const { world, belfry } = await atNoon(job);
    const made = await belfry.schedules.backfill("job", "default", { ...range, reason: "a bug", author: "ann" });
    expect(made).toMatchObject({ state: "running", order: "oldest", concurrency: 1, reprocess: "none", author: "ann" });
    for (let count = 1; count <= 5; count++) {
      await world.time.advance(1_000);
      expect(job.attempts).toHaveLength(count);
      job.last.complete();
    }
    await world.time.advance(1_000);
    expect(hours(job)).toEqual(["02:00", "03:00", "04:00", "05:00", "06:00"]);
    const { run } = job.at(0);
    expect(run.trigger).toBe("backfill");
    const id = "id" in made ? made.id : "";
    expect(world.record(run.trackingId)).toMatchObject({ trigger: "backfill", backfill: id, reason: "a bug" });
    expect(world.record(run.trackingId).latenessMs).toBeUndefined();
    expect(run.key).toMatch(/\/default\/2026-01-05T02:00:00\.000Z$/);
    expect(await belfry.backfills.get(id)).toMatchObject({ state: "done", made: 5, unfinished: 0, passed: 0 });
    expect(await belfry.backfills.list()).toMatchObject({ items: [{ id }] });
  });

  test("runs newest first, so many at once as it may", async () => {
    const job = new Job();
    const { world, belfry } = await atNoon(job);
    await belfry.schedules.backfill("job", "default", { ...range, order: "newest", concurrency: 3 });
    await world.time.advance(1_000);
    expect(hours(job)).toEqual(["06:00", "05:00", "04:00"]);
    job.at(1).complete();
    await world.time.advance(1_000);
    expect(hours(job)).toEqual(["06:00", "05:00", "04:00", "03:00"]);
  });

  test("passes over instants that have a run, or runs the failed ones again, or all", async () => {
    const job = new Job({ obeys: true });
    const { world, belfry } = await atNoon(job, { overlap: "allow" });
    await world.time.advance(3 * hourMs);
    expect(hours(job)).toEqual(["13:00", "14:00", "15:00"]);
    job.at(0).complete();
    job.at(1).fail(new Error("no"));
    job.at(2).complete();
    await world.time.advance(1_000);
    const all = { from: new Date("2026-01-05T12:00:00Z"), to: new Date("2026-01-05T15:00:00Z") };
    const dry = await belfry.schedules.backfill("job", "default", { ...all, reprocess: "failed", dryRun: true });
    expect(dry).toMatchObject({ instants: 4, runs: 2 });
    expect(dry.first.map(({ outcome, runs }) => `${outcome} ${runs}`)).toEqual([
      "none true",
      "completed false",
      "failed true",
      "completed false",
    ]);
    const made = await belfry.schedules.backfill("job", "default", { ...all, reprocess: "failed", concurrency: 9 });
    await world.time.advance(1_000);
    expect(hours(job).slice(3)).toEqual(["12:00", "14:00"]);
    job.at(3).complete();
    job.at(4).complete();
    await world.time.advance(1_000);
    expect(await belfry.backfills.get(made.id)).toMatchObject({ state: "done", made: 2, passed: 2 });
    await belfry.schedules.backfill("job", "default", { ...all, reprocess: "none", concurrency: 9 });
    await world.time.advance(1_000);
    expect(job.attempts).toHaveLength(5);
    await belfry.schedules.backfill("job", "default", { ...all, reprocess: "all", concurrency: 9 });
    await world.time.advance(1_000);
    expect(hours(job).slice(5)).toEqual(["12:00", "13:00", "14:00", "15:00"]);
  });

  test("makes no more runs while it is paused, and none once it was cancelled", async () => {
    const job = new Job();
    const { world, belfry } = await atNoon(job);
    const { id } = await belfry.schedules.backfill("job", "default", range);
    await world.time.advance(1_000);
    expect(await belfry.backfills.pause(id)).toMatchObject({ state: "paused", made: 1 });
    job.last.complete();
    await world.time.advance(5_000);
    expect(job.attempts).toHaveLength(1);
    expect(await belfry.backfills.resume(id)).toMatchObject({ state: "running" });
    await world.time.advance(1_000);
    expect(job.attempts).toHaveLength(2);
    expect(await belfry.backfills.cancel(id)).toMatchObject({ state: "cancelled" });
    job.last.complete();
    await world.time.advance(5_000);
    expect(job.attempts).toHaveLength(2);
    expect(await belfry.backfills.resume(id)).toMatchObject({ state: "cancelled" });
  });

  test("neither holds up nor moves the planned firings", async () => {
    const job = new Job();
    const { world, belfry } = await atNoon(job);
    await belfry.schedules.backfill("job", "default", range);
    await world.time.advance(hourMs);
    expect(hours(job)).toEqual(["02:00", "13:00"]);
    const { items } = await belfry.schedules.firings("job");
    expect(items.at(-1)).toMatchObject({ decision: "fired", instant: "2026-01-05T13:00:00.000Z" });
  });

  test("of an instant that is still the planner's runs nothing", async () => {
    const job = new Job({ obeys: true });
    const { world, belfry } = await atNoon(job, { schedule: { cron: "0 * * * *", spread: "50m" }, overlap: "allow" });
    await world.time.advance(59 * 60_000);
    expect(job.attempts).toHaveLength(0);
    const one = new Date("2026-01-05T13:00:00Z");
    const made = await belfry.schedules.backfill("job", "default", { from: one, to: one });
    await world.time.advance(hourMs - 60_000);
    expect(hours(job)).toEqual(["13:00"]);
    expect(job.last.run.trigger).toBe("schedule");
    expect(await belfry.backfills.get(made.id)).toMatchObject({ state: "done", made: 0 });
  });

  test("goes on after its node has died", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const tasks = [heldTask(job, { schedule: "@hourly" })];
    const first = await world.start({ tasks, sockets: true });
    const second = await world.start({ tasks, sockets: true });
    await first.belfry.schedules.backfill("job", "default", range);
    await world.time.advance(1_000);
    expect(hours(job)).toEqual(["02:00"]);
    first.crash();
    job.last.complete();
    await world.time.advance(60_000);
    job.last.complete();
    await world.time.advance(3_000);
    expect(hours(job).at(-1)).toBe("03:00");
    expect((await second.belfry.backfills.list()).items).toMatchObject([{ state: "running", made: 2 }]);
  });
});

describe("what is refused", () => {
  test.each([
    [{ from: range.to, to: range.from }, "E_OPTION"],
    [{ from: range.from, to: new Date("2026-01-06T00:00:00Z") }, "E_OPTION"],
    [{ from: new Date("2025-12-01T00:00:00Z"), to: range.to }, "E_BACKFILL_RANGE"],
    [{ ...range, concurrency: 0 }, "E_OPTION"],
    [{ ...range, order: "random" }, "E_OPTION"],
    [{ ...range, speed: 3 }, "E_OPTION_UNKNOWN"],
    [{}, "E_OPTION"],
  ])("%j is %s", async (options, code) => {
    const { belfry } = await atNoon(new Job());
    await expect(belfry.schedules.backfill("job", "default", options as never)).rejects.toMatchObject({ code });
  });

  test("a range with more than 100,000 instants, an unknown schedule, an unknown backfill", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const { belfry } = await world.start({ tasks: [task(() => {}, { schedule: { every: "1s" } })] });
    const days = { from: new Date("2026-01-03T00:00:00Z"), to: new Date("2026-01-05T12:00:00Z") };
    await expect(belfry.schedules.backfill("task", "default", days)).rejects.toMatchObject({
      code: "E_BACKFILL_RANGE",
    });
    await expect(belfry.schedules.backfill("task", "other", range)).rejects.toMatchObject({
      code: "E_SCHEDULE_UNKNOWN",
    });
    await expect(belfry.schedules.backfill("none", "default", range)).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    await expect(belfry.backfills.get("x")).rejects.toMatchObject({ code: "E_BACKFILL_UNKNOWN" });
  });

  test("with force it reaches back beyond the ledger", async () => {
    const job = new Job();
    const { world, belfry } = await atNoon(job);
    const old = { from: new Date("2025-12-01T00:00:00Z"), to: new Date("2025-12-01T01:00:00Z") };
    await belfry.schedules.backfill("job", "default", { ...old, force: true, concurrency: 5 });
    await world.time.advance(1_000);
    expect(hours(job)).toEqual(["00:00", "01:00"]);
  });
});

test("a disabled task's backfill waits until it is enabled, and one that cannot be read stops no other", async () => {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const first = await world.start({ tasks: [heldTask(job, { schedule: "@hourly" })] });
  const broken = await first.belfry.schedules.backfill("job", "default", range);
  const good = await first.belfry.schedules.backfill("job", "default", range);
  const row = world.state.backfills.get(broken.id);
  if (!row) throw new Error("it is not kept");
  row.spec = '{"cron":"soon","timezone":"UTC"}';
  await world.time.advance(1_000);
  expect((await first.belfry.backfills.get(good.id)).made).toBe(1);
  await first.stop();
  await world.start({ tasks: [heldTask(job, { schedule: "@hourly", enabled: false })] });
  await world.time.advance(5_000);
  const { made } = world.state.backfills.get(good.id) ?? {};
  const last = await world.start({ tasks: [heldTask(job, { schedule: "@hourly" })] });
  for (const attempt of job.attempts) attempt.complete();
  await world.time.advance(5_000);
  expect(made).toBe(1);
  expect((await last.belfry.backfills.get(good.id)).made).toBeGreaterThan(1);
});
