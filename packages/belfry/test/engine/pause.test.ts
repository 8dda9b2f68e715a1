import { describe, expect, test } from "vitest";
import { chain, instants } from "./support/chain.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, held, passed } from "./support/link.ts";
import { type TestNode, World } from "./support/world.ts";

const quarterMs = 15 * 60_000;

/** A node whose job is due every quarter of an hour, a minute after noon. */
async function quarterly(rules: Parameters<typeof heldTask>[1] = {}) {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const node = await world.start({ tasks: [heldTask(job, { schedule: "*/15 * * * *", overlap: "allow", ...rules })] });
  return { world, job, node, schedules: node.belfry.schedules };
}

const at = (time: string) => new Date(`2026-01-05T${time}:00.000Z`);

describe("a pause", () => {
  test("records each instant as paused; resuming never catches up; the task runs by hand", async () => {
    const { world, job, node, schedules } = await quarterly({ catchUp: "all" });
    const paused = await schedules.pause("job", "default", { reason: "holiday", author: "ann" });
    expect(paused).toMatchObject({ count: 1, runs: [], schedules: [{ key: "default", nextFirings: [] }] });
    expect(await schedules.get("job")).toMatchObject({
      paused: { since: "2026-01-05T12:01:00.000Z", reason: "holiday", author: "ann" },
    });
    await world.time.advance(2 * quarterMs);
    await node.belfry.task("job").run();
    expect(await schedules.resume("job")).toMatchObject({ count: 1, runs: [] });
    expect(await schedules.get("job")).not.toHaveProperty("paused");
    await world.time.advance(quarterMs);
    expect(instants(job)).toEqual([undefined, "12:45"]);
    expect(await chain(node)).toEqual(["12:01-12:31 paused", "12:45 fired"]);
    expect(new Set(node.told.all("firing.skipped").map(({ reason }) => reason))).toEqual(new Set(["paused"]));
  });

  test("of a node that is down is a pause, too: what was missed under it is never caught up", async () => {
    const { world, job, node } = await quarterly({ catchUp: "all" });
    const reader = await world.start({ work: false });
    await reader.belfry.schedules.pause("job");
    await node.stop();
    await world.time.advance(4 * quarterMs);
    await reader.belfry.schedules.resume("job");
    const again = new Job();
    await world.start({ tasks: [heldTask(again, { schedule: "*/15 * * * *", overlap: "allow", catchUp: "all" })] });
    await world.time.advance(quarterMs);
    expect([instants(job), instants(again)]).toEqual([[], ["13:15"]]);
    expect(await chain(reader)).toEqual(["12:01-13:01 paused", "13:15 fired"]);
  });

  test("ends by itself at `until`; that instant fires", async () => {
    const { world, job, node, schedules } = await quarterly();
    const { schedules: paused } = await schedules.pause("job", "*", { until: at("12:45") });
    expect(paused[0]?.nextFirings[0]).toBe("2026-01-05T12:45:00.000Z");
    await world.time.advance(3 * quarterMs);
    expect(instants(job)).toEqual(["12:45"]);
    expect(await chain(node)).toEqual(["12:01-12:30 paused", "12:45 fired"]);
    expect(await schedules.get("job")).not.toHaveProperty("paused");
  });

  test("wins over a firing that is on its way: nothing fires after the answer", async () => {
    const { world, job, node } = await quarterly();
    const two = await world.start({ work: false });
    const firing = held();
    node.link.plan("ledger.fire", firing.fate);
    await world.time.advance(quarterMs);
    expect(await two.belfry.schedules.pause("job")).toMatchObject({ count: 1 });
    firing.go();
    firing.answer();
    await world.time.advance(quarterMs);
    expect(job.attempts).toHaveLength(0);
    expect(await chain(node)).toEqual(["12:01-12:30 paused"]);
  });

  test("answers the unfinished runs, which stay; again, it replaces reason and end", async () => {
    const { world, job, schedules } = await quarterly();
    await world.time.advance(quarterMs);
    const { runs } = await schedules.pause("job", "*", { until: at("12:20") });
    expect(runs).toEqual([job.last.run.trackingId]);
    const { schedules: again } = await schedules.pause("job", "*", { reason: "longer" });
    expect(again[0]?.paused).toEqual({ since: "2026-01-05T12:16:00.000Z", reason: "longer" });
    job.last.complete();
    await world.time.advance(quarterMs);
    expect(job.attempts).toHaveLength(1);
  });

  test("stays when the definition changes", async () => {
    const { world, schedules } = await quarterly();
    await schedules.put("job", "k", "0 * * * *");
    await schedules.pause("job", "k", { reason: "why" });
    await schedules.put("job", "k", "30 * * * *");
    expect(await schedules.get("job", "k")).toMatchObject({ paused: { reason: "why" }, nextFirings: [] });
    await world.time.settle();
  });

  test("is computed again where the schedule moved, and tried again where its answer was lost", async () => {
    const { world, node, schedules } = await quarterly();
    const two = await world.start({ work: false });
    const between = async (call: () => Promise<unknown>) => {
      await two.belfry.schedules.skip("job");
      return call();
    };
    node.link.plan("schedules.amend", between, answerLost, passed);
    expect(await world.time.during(schedules.pause("job"))).toMatchObject({ count: 1 });
    expect(await schedules.get("job")).toMatchObject({ paused: {}, skippedUntil: expect.any(String) });
  });
});

describe("where the answer is lost", () => {
  test("a skip of one instant skips one, though that was decided before the second try", async () => {
    const { world, job, node, schedules } = await quarterly();
    await world.time.advance(quarterMs - 60_050);
    node.link.plan("schedules.amend", answerLost);
    expect(await world.time.during(schedules.skip("job"))).toMatchObject({ count: 1 });
    await world.time.advance(2 * quarterMs);
    expect(instants(job)).toEqual(["12:30", "12:45"]);
  });

  test("a resuming that was done is counted", async () => {
    const { world, node, schedules } = await quarterly();
    await schedules.pause("job");
    node.link.plan("schedules.amend", answerLost);
    expect(await world.time.during(schedules.resume("job"))).toMatchObject({
      count: 1,
      schedules: [{ key: "default" }],
    });
  });
});

describe("patterns", () => {
  const names = ["bill eu", "bill us", "mail"];
  async function many(): Promise<{ world: World; node: TestNode }> {
    const world = new World("2026-01-05T12:01:00.000Z");
    const schedule = ["daily", "hourly", "weekly"].map((key) => ({ key, cron: "0 2 * * *" }));
    return { world, node: await world.start({ tasks: names.map((name) => task(() => {}, { name, schedule })) }) };
  }

  test.each<[string, string | undefined, string[]]>([
    ["bill*", "daily", ["bill eu daily", "bill us daily"]],
    ["*", "*ly", names.flatMap((name) => ["daily", "hourly", "weekly"].map((key) => `${name} ${key}`))],
    ["* eu", "*l*", ["bill eu daily", "bill eu hourly", "bill eu weekly"]],
    ["mail", undefined, ["mail daily", "mail hourly", "mail weekly"]],
    ["b*l*us", "h*", ["bill us hourly"]],
    ["bill eu*eu", "*", []],
    ["*", "none*", []],
    ["x*", "daily", []],
  ])("%s, %s", async (name, key, changed) => {
    const { node } = await many();
    const { count, schedules } = await node.belfry.schedules.pause(name, key);
    expect(schedules.map((one) => `${one.task} ${one.key}`)).toEqual(changed);
    expect(count).toBe(changed.length);
    const { items } = await node.belfry.schedules.list();
    expect(items.flatMap((one) => (one.paused ? [`${one.task} ${one.key}`] : []))).toEqual(changed);
    expect(await node.belfry.schedules.resume(name, key)).toMatchObject({ count: changed.length });
    expect(await node.belfry.schedules.resume(name, key)).toMatchObject({ count: 0, schedules: [] });
  });

  test.each<[string, string | undefined, string]>([
    ["bil", undefined, "E_TASK_UNKNOWN"],
    ["mail", "dayly", "E_SCHEDULE_UNKNOWN"],
    ["", undefined, "E_OPTION"],
    ["mail", "x".repeat(129), "E_OPTION"],
  ])("%s, %s is refused: %s", async (name, key, code) => {
    const { node } = await many();
    await expect(node.belfry.schedules.pause(name, key)).rejects.toMatchObject({ code });
  });

  test("change thousands, a thousand in a commit, and show the first hundred", async () => {
    const { world, node } = await many();
    const items = Array.from({ length: 2_500 }, (_, n) => ({ task: "mail", key: `user ${n}`, schedule: "0 3 * * *" }));
    await world.time.during(node.belfry.schedules.putMany(items));
    const paused = await node.belfry.schedules.pause("m*", "user*", { reason: "all" });
    expect([paused.count, paused.schedules.length]).toEqual([2_500, 100]);
    expect(node.link.count("schedules.amend")).toBe(3);
    expect(await node.belfry.tasks.get("mail")).toMatchObject({ scheduleCount: 2_503, health: "ok" });
    await node.belfry.schedules.pause("mail");
    expect(await node.belfry.tasks.get("mail")).toMatchObject({ health: "paused" });
  });
});

describe("a skip", () => {
  test("of the next instants leaves them out, and goes on after", async () => {
    const { world, job, node, schedules } = await quarterly();
    const { schedules: skipped } = await schedules.skip("job", "default", { count: 2 });
    expect(skipped[0]).toMatchObject({ skippedUntil: "2026-01-05T12:30:00.001Z" });
    expect(skipped[0]?.nextFirings[0]).toBe("2026-01-05T12:45:00.000Z");
    await world.time.advance(3 * quarterMs);
    expect(instants(job)).toEqual(["12:45"]);
    expect(await chain(node)).toEqual(["12:01-12:30 skipped", "12:45 fired"]);
    expect(await schedules.get("job")).not.toHaveProperty("skippedUntil");
  });

  test("is of one instant where nothing is said, or of all before `until`", async () => {
    const { world, job, schedules } = await quarterly();
    await schedules.skip("job");
    await world.time.advance(quarterMs);
    await schedules.skip("job", "*", { until: at("13:00") });
    await world.time.advance(3 * quarterMs);
    expect(instants(job)).toEqual(["13:00"]);
  });

  test.each<[object, string]>([
    [{ count: 0 }, "E_OPTION"],
    [{ count: 1_001 }, "E_OPTION"],
    [{ count: 1, until: at("13:00") }, "E_OPTION"],
    [{ until: "13:00" }, "E_OPTION"],
    [{ til: at("13:00") }, "E_OPTION_UNKNOWN"],
    [{ author: "a".repeat(129) }, "E_OPTION"],
    [{ reason: 5 }, "E_OPTION"],
  ])("%j is refused: %s", async (options, code) => {
    const { schedules } = await quarterly();
    await expect(schedules.skip("job", "*", options)).rejects.toMatchObject({ code });
  });
});

test("a skip's `until` beside `count` is refused as it was given", async () => {
  const { schedules } = await quarterly();
  await expect(schedules.skip("job", "*", { count: 1, until: at("13:00") })).rejects.toThrow(
    "until is 2026-01-05T13:00:00.000Z; expected either `count` or `until`, not both",
  );
});

describe("pauseOnFailure", () => {
  test("pauses after so many failed runs in a row, and says so; a resuming begins anew", async () => {
    const { world, job, node, schedules } = await quarterly({
      schedule: { cron: "*/15 * * * *", pauseOnFailure: 3 },
    });
    const endings = [false, false, true, false, false, false];
    for (const isGood of endings) {
      await world.time.advance(quarterMs);
      if (isGood) job.last.complete();
      else job.last.fail(new Error("no"));
      await world.time.settle();
    }
    const reason = "3 runs in a row failed";
    expect(await schedules.get("job")).toMatchObject({ failures: 3, paused: { author: "belfry", reason } });
    expect(await node.belfry.tasks.get("job")).toMatchObject({ health: "paused" });
    await world.time.advance(2 * quarterMs);
    expect(job.attempts).toHaveLength(6);
    await schedules.resume("job");
    expect(await schedules.get("job")).toMatchObject({ failures: 0 });
    await world.time.advance(quarterMs);
    expect(instants(job).at(-1)).toBe("14:15");
    expect((await chain(node)).at(-2)).toBe("13:30-14:01 paused");
  });

  test("does not count what was cancelled, nor runs by hand", async () => {
    const { world, job, node, schedules } = await quarterly({ schedule: { cron: "*/15 * * * *", pauseOnFailure: 1 } });
    await node.belfry.task("job").run();
    job.last.fail(new Error("by hand"));
    await world.time.advance(quarterMs);
    await node.belfry.runs.cancel(job.last.run.trackingId);
    job.last.fail(new Error("cancelled"));
    await world.time.settle();
    expect(await schedules.get("job")).toMatchObject({ failures: 0 });
  });
});
