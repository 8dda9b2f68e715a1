import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ScheduleInput } from "../../src/api/schedules.ts";
import { defineTask } from "../../src/task/definition.ts";
import { chain, instants } from "./support/chain.ts";
import { heldTask, Job } from "./support/jobs.ts";
import { answerLost, held, passed, refused } from "./support/link.ts";
import { World } from "./support/world.ts";

const minuteMs = 60_000;

/** A node with a job that nothing but what is put makes due. */
async function stage(rules: Parameters<typeof heldTask>[1] = {}) {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const node = await world.start({ tasks: [heldTask(job, rules)] });
  return { world, job, node, schedules: node.belfry.schedules };
}

describe("a schedule that is put", () => {
  test("has no instants before, fires from then on, and its run knows the instants around it", async () => {
    const { world, job, node, schedules } = await stage();
    const put = await schedules.put("job", "often", { cron: "*/15 * * * *", payload: { n: 1 } }, { author: "ann" });
    expect(put).toMatchObject({
      outcome: "created",
      runs: [],
      schedule: {
        ...{ task: "job", key: "often", origin: "runtime", schedule: { cron: "*/15 * * * *", timezone: "UTC" } },
        ...{ payload: { n: 1 }, priority: 0, overlap: "skip", catchUp: "latest", author: "ann" },
        ...{ changedAt: "2026-01-05T12:01:00.000Z", decidedUpTo: "2026-01-05T12:01:00.000Z" },
      },
    });
    expect(put.schedule.nextFirings[0]).toBe("2026-01-05T12:15:00.000Z");
    await world.time.advance(15 * minuteMs);
    const { run } = job.last;
    const around = [run.previousFiring, run.scheduledFor, run.nextFiring].map((date) =>
      date?.toISOString().slice(11, 16),
    );
    expect(around).toEqual(["12:00", "12:15", "12:30"]);
    expect(run.payload).toEqual({ n: 1 });
    expect(run.key.endsWith("/often/2026-01-05T12:15:00.000Z")).toBe(true);
    expect(await chain(node, "job", "often")).toEqual(["12:15 fired"]);
  });

  test("is armed at once by the node that put it, and by others within a second", async () => {
    const { world, job, node } = await stage();
    const reader = await world.start({ work: false });
    await node.belfry.schedules.put("job", "soon", { every: "3s" });
    await world.time.advance(2_999);
    expect(job.attempts).toHaveLength(0);
    await world.time.advance(1);
    expect(job.attempts).toHaveLength(1);
    job.last.complete();
    await reader.belfry.schedules.put("job", "other", { at: new Date(world.time.wallMs + 1_500) });
    await world.time.until(() => job.attempts.some(({ run }) => run.key.includes("/other/")));
    expect(await chain(node, "job", "other")).toEqual(["12:01 fired"]);
  });

  test("has its task's terms where it says nothing, in a process without the code too", async () => {
    const { world } = await stage({ overlap: "bufferOne", catchUp: { policy: "all", limit: 7 }, priority: 9 });
    const { belfry } = await world.start({ work: false });
    const { schedule } = await belfry.schedules.put("job", "plain", "0 * * * *");
    expect(schedule).toMatchObject({ overlap: "bufferOne", catchUp: { policy: "all", limit: 7 }, priority: 9 });
    const terms = { overlap: "allow", catchUp: "skip", priority: -3, pauseOnFailure: 4 } as const;
    const own = await belfry.schedules.put("job", "own", { every: "1h", ...terms });
    expect(own.schedule).toMatchObject({ ...terms, failures: 0 });
    const trigger = await belfry.task("job").run();
    expect(world.record(trigger.trackingId).priority).toBe(9);
  });

  test("that is equal changes nothing; a change settles what was due, and lists the runs that stay", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { cron: "*/15 * * * *" });
    expect(await schedules.put("job", "k", { cron: "*/15 * * * *", timezone: "UTC" })).toMatchObject({
      outcome: "unchanged",
    });
    await world.time.advance(15 * minuteMs);
    const changed = await schedules.put("job", "k", { every: "20m", overlap: "allow" });
    expect(changed).toMatchObject({ outcome: "changed", runs: [job.last.run.trackingId] });
    await world.time.advance(30 * minuteMs);
    expect(instants(job)).toEqual(["12:15", "12:20", "12:40"]);
    expect(await chain(node, "job", "k")).toEqual(["12:15 fired", "12:15-12:16 removed", "12:20 fired", "12:40 fired"]);
  });

  test("over one whose instants were missed: those are judged by the old one's catch-up", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { cron: "*/15 * * * *" });
    await node.stop();
    await world.time.advance(50 * minuteMs);
    const { belfry } = await world.start({ work: false });
    const put = await belfry.schedules.put("job", "k", { cron: "5 * * * *" });
    expect(put.runs).toHaveLength(1);
    expect(await chain({ belfry }, "job", "k")).toEqual(["12:01-12:30 missed", "12:45 fired", "12:45-12:51 removed"]);
    expect(job.attempts).toHaveLength(0);
  });

  test("wins over what was decided before and is still on its way: nothing of the old one fires after the answer", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { cron: "*/15 * * * *" });
    const firing = held();
    node.link.plan("ledger.fire", firing.fate);
    await world.time.advance(14 * minuteMs);
    const two = await world.start({ work: false });
    await two.belfry.schedules.put("job", "k", { cron: "20 * * * *", catchUp: "skip" });
    const before = await chain(node, "job", "k");
    firing.go();
    firing.answer();
    await world.time.advance(6 * minuteMs);
    expect(before).toEqual(["12:15 fired"]);
    expect(instants(job)).toEqual(["12:15"]);
    expect(await chain(node, "job", "k")).toEqual(["12:15 fired", "12:15-12:20 overlap"]);
  });

  test("is computed again where it moved, and tried again where its answer was lost", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { every: "1s", overlap: "allow" });
    const slow = async (call: () => Promise<unknown>) => {
      await world.time.advance(1_000);
      return call();
    };
    node.link.plan("schedules.put", slow, passed);
    expect(await world.time.during(schedules.put("job", "k", { every: "1h" }))).toMatchObject({ outcome: "changed" });
    expect(node.link.count("schedules.put")).toBe(3);
    node.link.plan("schedules.put", answerLost);
    const again = await world.time.during(schedules.put("job", "new", { every: "1h" }));
    expect(again).toMatchObject({ outcome: "unchanged", schedule: { key: "new" } });
    for (const { complete } of job.attempts) complete();
  });
});

describe("a put is refused", () => {
  const schema = z.object({ n: z.number() });
  const tasks = [
    defineTask({
      name: "typed",
      payload: schema.optional(),
      schedule: { key: "code", every: "1h" },
      handler: () => {},
    }),
  ];
  test.each<[string, [string, string, ScheduleInput, object?], string]>([
    ["an unknown task", ["tiped", "k", "0 * * * *"], 'E_TASK_UNKNOWN there is no task "tiped" (did you mean "typed"?)'],
    ["a schedule of the code", ["typed", "code", "0 * * * *"], 'E_SCHEDULE_CODE schedule "code" of task "typed"'],
    ["a key", ["typed", "a/b", "0 * * * *"], 'E_OPTION key is "a/b"'],
    ["a pattern", ["typed", "k", "0 25 * * *"], 'E_SCHEDULE schedule is "0 25 * * *"'],
    ["a zone", ["typed", "k", { cron: "0 * * * *", timezone: "Mars" }], 'E_TIMEZONE schedule.timezone is "Mars"'],
    ["an interval", ["typed", "k", { every: "1ms" }], 'E_DURATION schedule.every is "1ms"'],
    ["a term", ["typed", "k", { every: "1h", pauseOnFailure: 1_001 }], "E_OPTION schedule.pauseOnFailure is 1001"],
    ["an unknown key of it", ["typed", "k", { every: "1h", foo: 1 } as never], "E_OPTION_UNKNOWN schedule.foo"],
    [
      "a payload",
      ["typed", "k", { every: "1h", payload: { n: "1" } }],
      'E_PAYLOAD payload.n in schedule "k" of task "typed"',
    ],
    ["an author", ["typed", "k", "0 * * * *", { author: "" }], 'E_OPTION author is ""'],
    ["an unknown option", ["typed", "k", "0 * * * *", { autor: "a" }], "E_OPTION_UNKNOWN autor"],
  ])("%s", async (_, args, told) => {
    const world = new World();
    const { belfry } = await world.start({ tasks });
    const error = await belfry.schedules.put(...args).catch((thrown: { code: string; message: string }) => thrown);
    expect(`${"code" in error && error.code} ${"message" in error && error.message}`).toContain(told);
    expect((await belfry.schedules.list()).items).toHaveLength(1);
  });
});

describe("a schedule that is deleted", () => {
  test("fires no more; its ledger and its runs stay; what is made anew begins anew", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { cron: "*/15 * * * *" });
    await world.time.advance(15 * minuteMs);
    expect(await schedules.delete("job", "k")).toEqual({ runs: [job.last.run.trackingId] });
    expect(await schedules.get("job", "k")).toBeNull();
    await expect(schedules.delete("job", "k")).rejects.toMatchObject({ code: "E_SCHEDULE_UNKNOWN" });
    await expect(schedules.pause("job", "k")).rejects.toMatchObject({ code: "E_SCHEDULE_UNKNOWN" });
    await world.time.advance(60 * minuteMs);
    expect(await chain(node, "job", "k")).toEqual(["12:15 fired", "12:15-12:16 removed"]);
    expect(await schedules.put("job", "k", { cron: "30 * * * *" })).toMatchObject({ outcome: "created" });
    job.last.complete();
    await world.time.advance(15 * minuteMs);
    expect(instants(job)).toEqual(["12:15", "13:30"]);
    const told = await chain(node, "job", "k");
    expect([told.at(0), told.at(-1)]).toEqual(["12:15 fired", "13:30 fired"]);
    expect(told.slice(1, -1).every((line) => line.endsWith("removed"))).toBe(true);
  });

  test("while its firing is on its way does not fire after the answer", async () => {
    const { world, job, node, schedules } = await stage();
    await schedules.put("job", "k", { cron: "*/15 * * * *" });
    const two = await world.start({ work: false });
    const firing = held();
    node.link.plan("ledger.fire", firing.fate);
    await world.time.advance(14 * minuteMs);
    expect(await two.belfry.schedules.delete("job", "k")).toEqual({ runs: [] });
    firing.go();
    firing.answer();
    await world.time.advance(30 * minuteMs);
    expect(job.attempts).toHaveLength(0);
    expect(await chain(node, "job", "k")).toEqual(["12:01-12:15 removed"]);
  });

  test("and whose answer was lost is deleted; one of the code, and an unknown one, are refused", async () => {
    const { world, node, schedules } = await stage({ schedule: "0 * * * *" });
    await schedules.put("job", "k", "0 * * * *");
    node.link.plan("schedules.remove", answerLost);
    expect(await world.time.during(schedules.delete("job", "k"))).toEqual({ runs: [] });
    await expect(schedules.delete("job")).rejects.toMatchObject({ code: "E_SCHEDULE_CODE" });
    await expect(schedules.delete("job", "defaul")).rejects.toMatchObject({
      code: "E_SCHEDULE_UNKNOWN",
      message: expect.stringContaining('did you mean "default"'),
    });
    await expect(schedules.delete("jo")).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
  });
});

describe("putMany", () => {
  test("puts thousands, in chunks of a thousand: each has its own answer, in order", async () => {
    const { world, node, schedules } = await stage();
    const items = Array.from({ length: 3_210 }, (_, n) => ({
      ...{ task: n % 1_000 === 7 ? "nobody" : "job", key: `k ${n}` },
      schedule: n % 1_000 === 8 ? "61 * * * *" : { cron: `${n % 60} 3 * * *`, payload: n },
    }));
    const { items: results } = await world.time.during(schedules.putMany(items, { author: "bulk" }));
    expect(results.map(({ key }) => key)).toEqual(items.map(({ key }) => key));
    expect(results[6]).toEqual({ task: "job", key: "k 6", outcome: "created" });
    expect(results[2_007]).toMatchObject({ task: "nobody", error: { code: "E_TASK_UNKNOWN" } });
    expect(results[1_008]).toMatchObject({
      error: { code: "E_SCHEDULE", message: expect.stringContaining("items[1008]") },
    });
    expect(results.filter((one) => "outcome" in one)).toHaveLength(3_210 - 8);
    expect([node.link.count("schedules.get"), node.link.count("schedules.put")]).toEqual([4, 4]);
    expect(await schedules.get("job", "k 99")).toMatchObject({ author: "bulk", payload: 99 });
    const again = await world.time.during(schedules.putMany(items.slice(0, 7)));
    expect(new Set(again.items.map((one) => "outcome" in one && one.outcome))).toEqual(new Set(["unchanged"]));
  });

  test("takes the last of two of one key, and tells of each", async () => {
    const { world, schedules } = await stage();
    const items = ["1h", "2h", "3h"].map((every) => ({ task: "job", key: "k", schedule: { every } }));
    const { items: results } = await world.time.during(schedules.putMany(items));
    expect(results.map((one) => "outcome" in one && one.outcome)).toEqual(["created", "changed", "changed"]);
    expect(await schedules.get("job", "k")).toMatchObject({ schedule: { every: "3h" } });
  });

  test("while the store is away rejects before the first chunk, and tells what became of each after it", async () => {
    const { world, node, schedules } = await stage();
    const items = Array.from({ length: 2_500 }, (_, n) => ({ task: "job", key: `k ${n}`, schedule: "0 3 * * *" }));
    node.link.plan("schedules.put", refused);
    await expect(world.time.during(schedules.putMany(items))).rejects.toMatchObject({ code: "E_STORE_UNAVAILABLE" });
    node.link.plan("schedules.put", passed, refused);
    const { items: results } = await world.time.during(schedules.putMany(items));
    const codes = results.map((one) => ("error" in one ? one.error.code : one.outcome));
    expect(new Set(codes.slice(0, 1_000))).toEqual(new Set(["created"]));
    expect(new Set(codes.slice(1_000))).toEqual(new Set(["E_STORE_UNAVAILABLE"]));
    expect(node.link.count("schedules.put")).toBe(3);
  });

  test.each<[string, unknown, string]>([
    ["what is no list", { task: "job" }, "E_OPTION"],
    ["nothing", undefined, "E_OPTION"],
  ])("rejects %s", async (_, items, code) => {
    const { schedules } = await stage();
    await expect(schedules.putMany(items as never)).rejects.toMatchObject({ code });
  });

  test("answers garbage among the items one by one", async () => {
    const { world, schedules } = await stage();
    const trap = {
      get task(): string {
        throw new Error("trapped");
      },
    };
    const items = [null, 5, {}, { task: "job", keys: "k" }, trap, { task: "job", key: "k", schedule: "0 * * * *" }];
    const { items: results } = await world.time.during(schedules.putMany(items as never));
    expect(results.map((one) => ("error" in one ? one.error.code : one.outcome))).toEqual([
      ...["E_OPTION", "E_OPTION", "E_TASK_UNKNOWN", "E_OPTION_UNKNOWN", "E_OPTION", "created"],
    ]);
  });
});
