import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { freshFile, grown, next, startOn, startShifted } from "./support/sqlite.ts";

describe("two engines on a file", () => {
  test("share the work, hold a task's concurrency, and see each other's ends", async () => {
    const file = await freshFile();
    const running = { now: 0, most: 0 };
    const nodes = new Set<string>();
    const handler = (node: string) => async () => {
      nodes.add(node);
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      await new Promise((resolve) => setImmediate(resolve));
      running.now -= 1;
    };
    const tasks = (node: string) => [task(handler(node), { concurrency: 2 })];
    const one = await startOn(file, { tasks: tasks("one"), concurrency: 1 });
    const two = await startOn(file, { tasks: tasks("two"), concurrency: 1 });
    const records = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : two).task("task").runAndWait()),
    );
    expect(records.every(({ status }) => status === "completed")).toBe(true);
    expect(running.most).toBeLessThanOrEqual(2);
    expect(nodes).toEqual(new Set(["one", "two"]));
  });

  test("hand over what one gives back at its stop, with no retry or loss counted", async () => {
    const file = await freshFile();
    const [first, second] = [new Job(), new Job()];
    const one = await startOn(file, { tasks: [heldTask(first)], stopGrace: "10ms" });
    const two = await startOn(file, { tasks: [heldTask(second, { onLost: "fail" })] });
    const { trackingId } = await one.task("job").run();
    await grown(first.attempts, 1);
    await one.stop();
    await grown(second.attempts, 1);
    second.last.complete("by the second");
    first.last.complete("too late");
    await next(two, "run.completed");
    const record = await two.runs.get(trackingId);
    expect(record).toMatchObject({ status: "completed", result: "by the second" });
    expect(record?.attempts.map(({ outcome }) => outcome)).toEqual(["released", "completed"]);
  });

  test("cancel across", async () => {
    const file = await freshFile();
    const job = new Job({ obeys: true });
    const runner = await startOn(file, { tasks: [heldTask(job)], lease: "1s" });
    const reader = await startOn(file, { work: false });
    const failed = next(runner, "run.failed");
    const waiting = reader.task("job").runAndWait();
    await grown(job.attempts, 1);
    expect(await reader.runs.cancel(job.last.run.trackingId)).toBe("requested");
    expect(await failed).toMatchObject({ error: { code: "E_CANCELLED" } });
    expect(await waiting).toMatchObject({ outcome: "E_CANCELLED" });
  });

  test("decide each instant once", async () => {
    const file = await freshFile();
    const started: string[] = [];
    const tasks = [task(({ key }) => void started.push(key), { schedule: { every: "1s" }, overlap: "allow" })];
    const nodes = await Promise.all([startOn(file, { tasks }), startOn(file, { tasks })]);
    await grown(started, 3);
    expect(new Set(started).size).toBe(started.length);
    const items = (await nodes[0]?.schedules.firings("task"))?.items ?? [];
    expect(items.filter(({ decision }) => decision !== "fired")).toEqual([]);
  });
});

describe("the wall clock", () => {
  test("that steps forward is an outage; one that steps back fires nothing twice", async () => {
    const job = new Job();
    const { belfry, shift, clock } = await startShifted(await freshFile(), {
      tasks: [heldTask(job, { schedule: "*/5 * * * *", overlap: "allow" })],
    });
    const ago = (ms: number) => Math.floor((clock.now() - ms) / 300_000) * 300_000;
    shift.ms += 3 * 3_600_000;
    await grown(job.attempts, 1);
    const latest = job.at(0).run.scheduledFor?.getTime() ?? 0;
    expect(latest).toBe(ago(0));
    const { items } = await belfry.schedules.firings("job");
    expect(items.map(({ decision }) => decision)).toEqual(["missed", "fired"]);

    shift.ms -= 3_600_000;
    const hand = await belfry.task("job").run({ delay: "1s" });
    await grown(job.attempts, 2);
    expect(job.at(1).run.trackingId).toBe(hand.trackingId);
    shift.ms += 3_600_000 + 300_000;
    await grown(job.attempts, 3);
    expect(job.at(2).run.scheduledFor?.getTime()).toBe(latest + 300_000);
    for (const { complete } of job.attempts) complete();
  });
});
