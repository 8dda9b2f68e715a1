import { describe, expect, test } from "vitest";
import { chain, instants } from "./support/chain.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const quarter = "*/15 * * * *";
const quarterMs = 15 * 60_000;

describe("a task of the store", () => {
  test("shows what it says, its first hundred schedules, how many there are, and the soonest instant of all", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const rules = {
      overlap: "bufferAll",
      catchUp: { policy: "all", spacing: "1m" },
      priority: 5,
      concurrency: 2,
    } as const;
    const { belfry } = await world.start({ tasks: [task(() => {}, rules), task(() => {}, { name: "other" })] });
    const items = Array.from({ length: 150 }, (_, n) => ({
      ...{ task: "task", key: `k ${String(n).padStart(3, "0")}` },
      schedule: `${n === 149 ? 5 : 30} ${n === 149 ? 13 : 14} * * *`,
    }));
    await world.time.during(belfry.schedules.putMany(items));
    const info = await belfry.tasks.get("task");
    expect(info).toMatchObject({ ...rules, scheduleCount: 150, nextFiring: "2026-01-05T13:05:00.000Z", health: "ok" });
    expect(info.schedules.map(({ key }) => key)).toEqual(items.slice(0, 100).map(({ key }) => key));
    await belfry.schedules.pause("task", "k 149");
    expect((await belfry.tasks.list()).items).toMatchObject([
      { name: "other", scheduleCount: 0, schedules: [], overlap: "skip", catchUp: "latest", priority: 0 },
      { name: "task", nextFiring: "2026-01-05T14:30:00.000Z" },
    ]);
    const page = await belfry.schedules.list({ task: "task", limit: 100 });
    const rest = await belfry.schedules.list({ task: "task", limit: 100, cursor: page.cursor });
    expect([page.items.length, rest.items.length, rest.cursor]).toEqual([100, 50, undefined]);
  });

  test.each<[string, string, number, string]>([
    ["late", "12:15 is due and undecided for longer than 30 s", quarterMs, "late"],
    ["ok", "it is due for 30 s", 14 * 60_000 + 30_000, "ok"],
  ])("is %s where %s", async (_, __, ms, health) => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const one = await world.start({ tasks: [task(() => {}, { schedule: quarter })] });
    await one.stop();
    await world.time.advance(ms);
    const { belfry } = await world.start({ work: false });
    expect(await belfry.tasks.get("task")).toMatchObject({ health });
  });

  test("is failing after a failed run, and disabled where it says so", async () => {
    const world = new World();
    const boom = () => {
      throw new Error("boom");
    };
    const tasks = [task(boom), task(() => {}, { name: "off", enabled: false, schedule: quarter })];
    const { belfry } = await world.start({ tasks });
    await world.time.during(belfry.task("task").runAndWait());
    const { items } = await belfry.tasks.list();
    expect(items.map(({ health }) => health)).toEqual(["disabled", "failing"]);
    expect(items[0]?.schedules[0]?.nextFirings).toEqual([]);
    expect(items[0]).not.toHaveProperty("nextFiring");
  });
});

describe("a row that cannot be read", () => {
  test.each(["{", '{"cron":"99 * * * *","timezone":"UTC"}', '{"cron":"0 * * * *","timezone":"Mars/Base"}', "7"])(
    "%s is recorded invalid once, shown, and stops no other; a put heals it",
    async (spec) => {
      const world = new World("2026-01-05T12:01:00.000Z");
      const job = new Job();
      const node = await world.start({ tasks: [heldTask(job, { schedule: { cron: quarter, overlap: "allow" } })] });
      const { schedules, tasks } = node.belfry;
      await schedules.put("job", "mine", quarter);
      for (const row of world.state.schedules.values()) if (row.key === "mine") row.spec = spec;
      await node.stop();
      const two = await world.start({ tasks: [heldTask(job, { schedule: { cron: quarter, overlap: "allow" } })] });
      await world.time.advance(2 * quarterMs);
      expect(await chain(two, "job", "mine")).toEqual(["12:01-12:15 invalid"]);
      expect(two.said.errors).toEqual([expect.stringContaining("schedule mine of task job cannot be read")]);
      expect(two.told.all("firing.skipped")).toMatchObject([{ schedule: "mine", reason: "invalid" }]);
      expect(await two.belfry.schedules.get("job", "mine")).toMatchObject({
        invalid: expect.any(String),
        nextFirings: [],
      });
      expect(await two.belfry.tasks.get("job")).toMatchObject({ health: "invalid" });
      expect(instants(job)).toEqual(["12:15", "12:30"]);
      const healed = await two.belfry.schedules.put("job", "mine", "40 * * * *");
      expect(healed.schedule).not.toHaveProperty("invalid");
      await world.time.advance(quarterMs);
      expect(instants(job)).toEqual(["12:15", "12:30", "12:40", "12:45"]);
      expect(await chain(two, "job", "mine")).toEqual(["12:01-12:15 invalid", "12:15-12:31 removed", "12:40 fired"]);
      expect(await two.belfry.tasks.get("job")).toMatchObject({ health: "ok" });
      expect(tasks).toBeDefined();
    },
  );

  test("of the code is healed by a deploy that changes it", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const one = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    for (const row of world.state.schedules.values()) row.spec = "{";
    await one.stop();
    const two = await world.start({ tasks: [heldTask(job, { schedule: "20 * * * *" })] });
    await world.time.advance(2 * quarterMs);
    expect(await chain(two)).toEqual(["12:20 fired"]);
  });
});
