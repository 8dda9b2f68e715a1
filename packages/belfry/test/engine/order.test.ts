import { describe, expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { World } from "./support/world.ts";

/** The payloads of a job's attempts, in the order of their start. */
function started(job: Job): unknown[] {
  return job.attempts.map(({ run }) => run.payload);
}

describe("priority", () => {
  test("a higher one goes first, the older first among equals; a trigger's own wins over its task's", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { priority: 5 })], concurrency: 1 });
    await belfry.task("job").run({ payload: "first" });
    const later: [string, number | undefined][] = [
      ["low", -100],
      ["own 1", undefined],
      ["high", 100],
      ["own 2", undefined],
      ["zero", 0],
    ];
    for (const [payload, priority] of later) await belfry.task("job").run({ payload, priority });
    for (let n = 1; n <= 6; n++) {
      await world.time.until(() => job.attempts.length === n, 5_000);
      job.last.complete();
    }
    expect(started(job)).toEqual(["first", "high", "own 1", "own 2", "zero", "low"]);
  });

  test("a new trigger does not overtake what waits before it", async () => {
    const world = new World();
    const [job, other] = [new Job(), new Job()];
    const { belfry } = await world.start({
      tasks: [heldTask(job), heldTask(other, { name: "other", concurrency: 1 })],
      concurrency: 2,
    });
    for (const payload of [1, 2, 3]) await belfry.task("job").run({ payload });
    job.at(0).complete();
    await belfry.task("job").run({ payload: 4 });
    await world.time.settle();
    expect(started(job)).toEqual([1, 2, 3]);
  });
});

describe("delay and at", () => {
  test("nothing starts before its time, and it starts then", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    const delayed = await belfry.task("job").run({ payload: "delay", delay: "90s" });
    const at = new Date(world.time.wallMs + 60_000);
    await belfry.task("job").run({ payload: "at", at });
    await belfry.task("job").run({ payload: "past", at: new Date(world.time.wallMs - 60_000) });
    await world.time.settle();
    expect(started(job)).toEqual(["past"]);
    await world.time.advance(59_999);
    expect(started(job)).toEqual(["past"]);
    await world.time.advance(1);
    expect(started(job)).toEqual(["past", "at"]);
    await world.time.advance(30_000);
    expect(started(job)).toEqual(["past", "at", "delay"]);
    expect(world.record(delayed.trackingId)).toMatchObject({ status: "processing", startedAt: world.time.iso });
  });

  test("what is due while no slot is free waits for one, without an endless loop, and goes then", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)], concurrency: 1 });
    await belfry.task("job").run({ payload: "long" });
    await belfry.task("job").run({ payload: "delayed", delay: "5s" });
    const before = { calls: link.calls.length, timers: world.time.fired };
    await world.time.advance(60_000);
    expect(link.calls.length - before.calls).toBeLessThan(80);
    expect(world.time.fired - before.timers).toBeLessThan(300);
    job.last.complete();
    await world.time.settle();
    expect(started(job)).toEqual(["long", "delayed"]);
  });

  test("a wall clock that jumps over the time starts it within a second; one that jumps back delays it", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    await belfry.task("job").run({ payload: "a", delay: "1h" });
    await belfry.task("job").run({ payload: "b", delay: "2h" });
    world.time.jump(3_600_000);
    await world.time.advance(1_000);
    expect(started(job)).toEqual(["a"]);
    world.time.jump(-1_800_000);
    await world.time.advance(3_600_000);
    expect(started(job)).toEqual(["a"]);
    await world.time.advance(1_800_000);
    expect(started(job)).toEqual(["a", "b"]);
  });

  test("both together, and dates outside of 1970 to 2099, are E_OPTION", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [heldTask(new Job())] });
    for (const options of [{ delay: "1s", at: new Date(0) }, { at: new Date(-1) }, { at: new Date(Number.NaN) }]) {
      await expect(belfry.task("job").run(options)).rejects.toMatchObject({
        code: "E_OPTION",
        message: expect.stringMatching(/^at is/),
      });
    }
    expect(world.state.runs.size).toBe(0);
  });
});

describe("concurrency", () => {
  test("of a node bounds what it runs at once, over all tasks", async () => {
    const world = new World();
    const [one, two] = [new Job(), new Job()];
    const tasks = [heldTask(one, { name: "one" }), heldTask(two, { name: "two" })];
    const { belfry } = await world.start({ tasks, concurrency: 3 });
    for (let n = 0; n < 4; n++) {
      await belfry.task("one").run();
      await belfry.task("two").run();
    }
    await world.time.advance(5_000);
    expect([one.attempts.length, two.attempts.length]).toEqual([2, 1]);
    one.at(0).complete();
    two.at(0).complete();
    await world.time.settle();
    expect(one.attempts.length + two.attempts.length).toBe(5);
  });

  test("of a task is counted over all nodes, and another node notices a free place within about a second", async () => {
    const world = new World();
    const jobs = [new Job(), new Job()];
    const running = () =>
      jobs
        .flatMap(({ attempts }) => attempts)
        .filter(({ run }) => world.state.findRun(run.trackingId)?.state === "running");
    const nodes = [];
    for (const job of jobs)
      nodes.push(await world.start({ tasks: [heldTask(job, { concurrency: 2 })], concurrency: 1 }));
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.push((await (nodes[n % 2] as (typeof nodes)[number]).belfry.task("job").run()).trackingId);
    await world.time.advance(5_000);
    expect(jobs.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
    for (let n = 0; n < 5; n++) {
      running()[0]?.complete();
      await world.time.advance(1_500);
      expect(running().length).toBeLessThanOrEqual(2);
    }
    expect(ids.map((id) => world.record(id).status)).toEqual(ids.map(() => "completed"));
  });

  test("1 runs a task's runs one after the other on one node", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { concurrency: 1 })] });
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push((await belfry.task("job").run({ payload: n })).trackingId);
    for (let n = 1; n <= 4; n++) {
      await world.time.settle();
      expect(job.attempts).toHaveLength(n);
      job.last.complete();
    }
    expect(started(job)).toEqual([0, 1, 2, 3]);
  });

  test("of a task at its bound does not hold up other tasks", async () => {
    const world = new World();
    const [slow, quick] = [new Job(), new Job()];
    const { belfry } = await world.start({
      tasks: [heldTask(slow, { name: "slow", concurrency: 1 }), heldTask(quick, { name: "quick" })],
    });
    for (let n = 0; n < 3; n++) await belfry.task("slow").run({ priority: 100 });
    await belfry.task("quick").run();
    await world.time.settle();
    expect([slow.attempts.length, quick.attempts.length]).toEqual([1, 1]);
  });
});
