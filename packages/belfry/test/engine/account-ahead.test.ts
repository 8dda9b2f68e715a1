import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const minute = 60_000;

describe("the forecast", () => {
  test("counts what fires in each minute, and how many runs there are at once", async () => {
    const world = new World("2026-01-05T11:50:30.000Z");
    const job = new Job();
    const tasks = [
      heldTask(job, { schedule: "*/15 * * * *" }),
      task(() => {}, { schedule: "0 * * * *" }),
      task(() => {}, { name: "off", enabled: false, schedule: "* * * * *" }),
    ];
    const { belfry } = await world.start({ tasks });
    await world.time.advance(10 * minute);
    await world.time.advance(2 * minute);
    job.last.complete();
    await world.time.advance(minute);
    const forecast = await belfry.forecast({ hours: 1 });
    expect(forecast).toMatchObject({ from: "2026-01-05T12:03:00.000Z", schedules: 2, firings: 5, peakConcurrency: 2 });
    expect(forecast.perMinute).toHaveLength(60);
    expect(forecast.perMinute[57]).toBe(2);
    expect(forecast.worst[0]).toEqual({
      ...{ at: "2026-01-05T13:00:00.000Z", firings: 2, concurrency: 2 },
      tasks: [
        { task: "job", firings: 1 },
        { task: "task", firings: 1 },
      ],
    });
    expect(forecast.unknownDurations).toEqual([]);
  });

  test("leaves out what is paused, skipped, excluded or invalid, and counts a spread one when its run is due", async () => {
    const world = new World("2026-01-05T12:00:00.000Z");
    const schedule = [
      { key: "paused", cron: "1 * * * *" },
      { key: "skipped", cron: "2 * * * *" },
      { key: "excluded", cron: "3 * * * *", exclude: { name: "off", dates: ["2026-01-05"] } },
      { key: "broken", cron: "4 * * * *" },
      { key: "spread", cron: "5 * * * *", spread: "30m" },
    ];
    const { belfry } = await world.start({ tasks: [heldTask(new Job(), { schedule })] });
    await belfry.schedules.pause("job", "paused");
    await belfry.schedules.skip("job", "skipped");
    for (const row of world.state.schedules.values()) if (row.key === "broken") row.spec = "{}";
    const forecast = await belfry.forecast({ hours: 2 });
    expect([forecast.schedules, forecast.unknownDurations]).toEqual([2, ["job"]]);
    expect(forecast.perMinute[2]).toBe(0);
    expect(forecast.perMinute[62]).toBe(1);
    const row = [...world.state.schedules.values()].find(({ key }) => key === "spread");
    const first = Math.floor(((row?.dueAt ?? 0) - world.time.wallMs) / minute);
    expect(forecast.perMinute[first]).toBe(1);
    expect(first).toBeGreaterThan(4);
    await expect(belfry.forecast({ hours: 169 })).rejects.toMatchObject({ code: "E_OPTION" });
  });

  test("names schedules whose runs take longer than the time to the next", async () => {
    const world = new World("2026-01-05T12:00:30.000Z");
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { schedule: { every: "1m" } })] });
    await world.time.advance(minute);
    await world.time.advance(3 * minute);
    job.last.complete();
    await world.time.settle();
    const { overlapping, peakConcurrency } = await belfry.forecast();
    expect(overlapping).toEqual([{ task: "job", schedule: "default", durationMs: 210_000, everyMs: minute }]);
    expect(peakConcurrency).toBe(1);
  });
});

describe("the plan", () => {
  const rules = { schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin" } };

  test("of the set that stands changes nothing, and says what clocks will do to it", async () => {
    const world = new World("2026-01-05T12:00:00.000Z");
    const { belfry } = await world.start({ tasks: [heldTask(new Job(), rules)] });
    const plan = await belfry.plan();
    expect(plan).toMatchObject({
      app: "default",
      changes: false,
      tasks: [],
      schedules: [],
      unchanged: 1,
      superseded: false,
    });
    expect(plan.current).toEqual({ number: 1, appliedAt: "2026-01-05T12:00:00.000Z" });
    expect(plan.surprises).toEqual([
      expect.objectContaining({
        kind: "shifted",
        local: "2026-03-29T02:30:00",
        text: expect.stringContaining("does not exist"),
      }),
      expect.objectContaining({ kind: "once", local: "2026-10-25T02:30:00" }),
    ]);
  });

  test("lists what is added, removed and changed, with the next ten firings before and after", async () => {
    const world = new World("2026-01-05T12:00:00.000Z");
    const first = await world.start({
      tasks: [heldTask(new Job(), rules), task(() => {}, { schedule: { every: "1h" } })],
    });
    await first.belfry.schedules.put("job", "extra", { every: "2h" });
    const next = [
      heldTask(new Job(), { priority: 3, schedule: [{ cron: "0 3 * * *" }, { key: "extra", every: "2h" }] }),
      task(() => {}, { name: "new", schedule: "0 0 31 * *" }),
    ];
    const { belfry } = await world.start({ tasks: next, work: false });
    const plan = await belfry.plan();
    expect(plan.changes).toBe(true);
    expect(plan.tasks).toEqual([
      { task: "job", change: "changed", fields: ["priority"] },
      { task: "new", change: "added" },
      { task: "task", change: "removed" },
    ]);
    expect(plan.schedules.map((one) => `${one.change} ${one.task}/${one.schedule}`)).toEqual([
      "changed job/default",
      "changed job/extra",
      "added new/default",
      "removed task/default",
    ]);
    const [changed, taken, added, removed] = plan.schedules;
    expect(changed).toMatchObject({
      ...{ before: { schedule: { cron: "30 2 * * *" }, priority: 0 }, after: { schedule: { cron: "0 3 * * *" } } },
    });
    expect(changed?.firingsBefore[0]).toBe("2026-01-06T01:30:00.000Z");
    expect(changed?.firingsAfter[0]).toBe("2026-01-06T03:00:00.000Z");
    expect(
      [changed, taken, added, removed].map((one) => [one?.firingsBefore.length, one?.firingsAfter.length]),
    ).toEqual([
      [10, 10],
      [10, 10],
      [0, 10],
      [10, 0],
    ]);
    expect(taken?.notes.join()).toContain("made at run time");
    expect(added?.notes.join()).toContain("months without day-of-month 31");
    expect(removed?.notes.join()).toContain("unfinished runs stay");
    await expect(first.belfry.plan()).resolves.toMatchObject({ changes: false });
  });

  test("says where schedules pile up, and that a release was superseded", async () => {
    const world = new World("2026-01-05T12:00:30.000Z");
    const many = (count: number) =>
      heldTask(new Job(), {
        schedule: Array.from({ length: count }, (_, key) => ({ key: `k${key}`, cron: "0 3 * * *" })),
      });
    await world.start({ tasks: [many(9)], release: "one" });
    const second = await world.start({ tasks: [many(9), task(() => {}, { schedule: "0 3 * * *" })], release: "two" });
    expect((await second.belfry.plan()).pileUps).toEqual([]);
    const old = await world.start({ tasks: [many(9)], release: "one", work: false });
    expect(await old.belfry.plan()).toMatchObject({ superseded: true, release: "one", current: { release: "two" } });
    const more = await world.start({ tasks: [many(14)], work: false });
    expect((await more.belfry.plan()).pileUps).toEqual([{ at: "2026-01-06T03:00:00.000Z", before: 10, after: 14 }]);
  });
});
