import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

describe("runs.retry", () => {
  test("runs an ended run again as a new one: same payload, priority and key", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { priority: 3 })] });
    const first = await belfry.task("job").run({ payload: { n: 1 }, priority: 7, reason: "first" });
    await world.time.settle();
    job.last.fail(new Error("no"));
    await world.time.settle();
    const second = await belfry.runs.retry(first.trackingId, { reason: "again" });
    expect(Object.keys(second)).toEqual(Object.keys(first));
    await world.time.settle();
    job.last.complete();
    await world.time.settle();
    const third = await belfry.runs.retry(second.trackingId);
    await world.time.settle();
    expect(job.attempts.map(({ run }) => [run.key, run.payload, run.trigger, run.attempt])).toEqual([
      [first.trackingId, { n: 1 }, "manual", 1],
      [first.trackingId, { n: 1 }, "retry", 1],
      [first.trackingId, { n: 1 }, "retry", 1],
    ]);
    expect(new Set(job.attempts.map(({ run }) => run.trackingId)).size).toBe(3);
    expect(world.record(second.trackingId)).toMatchObject({
      retryOf: first.trackingId,
      priority: 7,
      reason: "again",
      trigger: "retry",
    });
    expect(world.record(third.trackingId)).toMatchObject({ retryOf: second.trackingId, key: first.trackingId });
    expect(world.record(first.trackingId)).toMatchObject({ status: "errors", reason: "first" });
    expect(world.record(first.trackingId)).not.toHaveProperty("retryOf");
  });

  test("of a scheduled run keeps its instant, schedule and key, and does not count for its overlap", async () => {
    const world = new World("2026-01-05T12:00:30.000Z");
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { schedule: "* * * * *" })] });
    await world.time.advance(30_000);
    const { trackingId, key } = job.last.run;
    job.last.complete();
    await world.time.settle();
    const again = await belfry.runs.retry(trackingId);
    await world.time.settle();
    const { run } = job.last;
    expect(run).toMatchObject({ trackingId: again.trackingId, key, trigger: "retry" });
    expect([run.scheduledFor, run.previousFiring, run.nextFiring].map((date) => date?.toISOString())).toEqual([
      "2026-01-05T12:01:00.000Z",
      "2026-01-05T12:00:00.000Z",
      "2026-01-05T12:02:00.000Z",
    ]);
    await world.time.advance(60_000);
    expect(job.attempts).toHaveLength(3);
    expect(job.last.run.scheduledFor?.toISOString()).toBe("2026-01-05T12:02:00.000Z");
  });

  test("refuses a run that has not ended, an unknown one, a malformed id, a disabled and a removed task", async () => {
    const world = new World();
    const job = new Job();
    const first = await world.start({ tasks: [heldTask(job), task(() => {}, { name: "removed" })] });
    const waiting = await first.belfry.task("job").run({ delay: "1h" });
    const running = await first.belfry.task("job").run();
    const removed = await first.belfry.task("removed").run();
    await world.time.settle();
    const retry = (id: string) => first.belfry.runs.retry(id);
    for (const { trackingId } of [waiting, running])
      await expect(retry(trackingId)).rejects.toMatchObject({ code: "E_RUN_UNFINISHED" });
    await expect(retry("0".repeat(24))).rejects.toMatchObject({ code: "E_RUN_UNKNOWN" });
    await expect(retry("none")).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    job.last.complete();
    await world.time.settle();
    const { belfry } = await world.start({ tasks: [heldTask(new Job(), { enabled: false })] });
    await expect(belfry.runs.retry(running.trackingId)).rejects.toMatchObject({ code: "E_TASK_DISABLED" });
    await expect(belfry.runs.retry(removed.trackingId)).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
  });
});

describe("runs.list", () => {
  test("pages through all runs, newest first, each once, also while new ones come", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {})] });
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) {
      ids.unshift((await belfry.task("task").run()).trackingId);
      await world.time.advance(10);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof belfry.runs.list>> = await belfry.runs.list({ limit: 3, cursor });
      seen.push(...page.items.map(({ trackingId }) => trackingId));
      cursor = page.cursor;
      await belfry.task("task").run();
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  test("takes task, status, trigger and times together", async () => {
    const world = new World();
    const job = new Job();
    const tasks = [task(() => {}), task(() => Promise.reject(new Error("no")), { name: "fails" }), heldTask(job)];
    const { belfry } = await world.start({ tasks });
    const start = new Date(world.time.wallMs);
    const ids: Record<string, string> = {};
    for (const name of ["task", "fails", "job"]) {
      ids[name] = (await belfry.task(name).run()).trackingId;
      await world.time.advance(1_000);
    }
    ids.waits = (await belfry.task("job").run({ delay: "1h" })).trackingId;
    ids.again = (await belfry.runs.retry(ids.fails ?? "")).trackingId;
    await world.time.settle();
    const list = async (options: Parameters<typeof belfry.runs.list>[0]) =>
      (await belfry.runs.list(options)).items.map(({ trackingId }) =>
        Object.keys(ids).find((name) => ids[name] === trackingId),
      );
    expect(await list({ status: "completed" })).toEqual(["task"]);
    expect(await list({ status: "errors" })).toEqual(["again", "fails"]);
    expect(await list({ status: "processing" })).toEqual(["job"]);
    expect(await list({ status: "pending" })).toEqual(["waits"]);
    expect(await list({ task: "job" })).toEqual(["waits", "job"]);
    expect(await list({ trigger: "retry" })).toEqual(["again"]);
    expect(await list({ trigger: "schedule" })).toEqual([]);
    expect(await list({ from: start, to: new Date(start.getTime() + 1_000) })).toEqual(["task"]);
    expect(await list({ from: new Date(start.getTime() + 1_000), trigger: "manual", status: "errors" })).toEqual([
      "fails",
    ]);
  });

  test("refuses what it cannot mean", async () => {
    const world = new World();
    const { belfry } = await world.start();
    const wrong: [object, string][] = [
      [{ limit: 0 }, "E_OPTION"],
      [{ limit: 1_001 }, "E_OPTION"],
      [{ status: "done" }, "E_OPTION"],
      [{ from: "yesterday" }, "E_OPTION"],
      [{ cursor: "none of ours" }, "E_CURSOR"],
      [{ state: "running" }, "E_OPTION_UNKNOWN"],
    ];
    for (const [options, code] of wrong) await expect(belfry.runs.list(options)).rejects.toMatchObject({ code });
  });
});

describe("an idempotency key", () => {
  test("answers the first record for the same request, and starts nothing twice", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    const request = { idempotencyKey: "order 7", payload: { n: 1 }, priority: 1, reason: "why" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => belfry.task("job").run({ ...request })));
    await world.time.advance(1_000);
    job.last.complete();
    await world.time.settle();
    answers.push(await belfry.task("job").run(request));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect([job.attempts.length, world.state.runs.size]).toEqual([1, 1]);
  });

  test("with another request is E_IDEMPOTENCY; of another task, or without, it is a new run", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {}), task(() => {}, { name: "other" })] });
    const key = { idempotencyKey: "k" };
    await belfry.task("task").run({ ...key, payload: 1 });
    const others = [
      { payload: 2 },
      { payload: 1, priority: 1 },
      { payload: 1, delay: "1s" },
      { payload: 1, reason: "r" },
      {},
    ];
    for (const other of others) {
      await expect(belfry.task("task").run({ ...key, ...other })).rejects.toMatchObject({ code: "E_IDEMPOTENCY" });
    }
    await belfry.task("other").run({ ...key, payload: 2 });
    await belfry.task("task").run({ payload: 1 });
    expect(world.state.runs.size).toBe(3);
  });

  test("is kept for 24 hours at least, over a restart too", async () => {
    const world = new World();
    const options = { tasks: [task(() => {})] };
    const first = await world.start(options);
    const { trackingId } = await first.belfry.task("task").run({ idempotencyKey: "k" });
    await world.time.settle();
    await first.stop();
    world.time.jump(24 * 3_600_000 - 60_000);
    const { belfry } = await world.start(options);
    await world.time.advance(1_000);
    expect((await belfry.task("task").run({ idempotencyKey: "k" })).trackingId).toBe(trackingId);
  });
});

describe("retention", () => {
  test("forgets what ended before it, with its log; what is younger, and what has not ended, stays", async () => {
    const world = new World();
    const job = new Job();
    const tasks = [task(({ log }) => log("line")), heldTask(job)];
    const { belfry } = await world.start({ tasks, retentionMs: 3_600_000 });
    const old = await belfry.task("task").run();
    const running = await belfry.task("job").run();
    const waiting = await belfry.task("task").run({ delay: "30d" });
    await world.time.settle();
    await world.time.advance(45 * 60_000);
    const young = await belfry.task("task").run();
    await world.time.advance(26 * 60_000);
    expect(await belfry.runs.get(old.trackingId)).toBeNull();
    await expect(belfry.runs.logs(old.trackingId)).rejects.toMatchObject({
      code: "E_RUN_UNKNOWN",
      message: expect.stringContaining("1h"),
    });
    for (const { trackingId } of [running, waiting, young]) expect(await belfry.runs.get(trackingId)).not.toBeNull();
    job.last.complete();
    await world.time.settle();
    expect(world.record(running.trackingId).status).toBe("completed");
    await world.time.advance(71 * 60_000);
    expect((await belfry.runs.list()).items.map(({ trackingId }) => trackingId)).toEqual([waiting.trackingId]);
  });

  test("goes on at once while there is more than one commit's worth", async () => {
    const world = new World();
    const { belfry, link } = await world.start({ tasks: [task(() => {})], retentionMs: 3_600_000 });
    await Promise.all(Array.from({ length: 1_200 }, () => belfry.task("task").run()));
    await world.time.advance(5_000);
    const before = link.count("runs.prune");
    world.time.jump(2 * 3_600_000);
    await world.time.advance(10 * 60_000);
    expect(world.state.runs.size).toBe(0);
    expect(link.count("runs.prune") - before).toBe(3);
  });
});
