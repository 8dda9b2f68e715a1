import { describe, expect, test } from "vitest";
import { agnost } from "../../src/agnost.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { held } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("stop()", () => {
  test("waits for the handlers, which are not disturbed", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    let isStopped = false;
    const stopped = node.belfry.stop().then(() => {
      isStopped = true;
    });
    await world.time.advance(29_000);
    expect([isStopped, job.last.run.signal.aborted]).toEqual([false, false]);
    job.last.complete("in time");
    await world.time.during(stopped);
    expect(world.record(trackingId)).toMatchObject({ status: "completed", result: "in time" });
    expect(node.link.isOpen).toBe(false);
  });

  test("resolves at once where nothing runs", async () => {
    const world = new World();
    const node = await world.start({ tasks: [heldTask(new Job(), { schedule: { every: "1h" } })] });
    const before = world.time.monoMs;
    await node.stop();
    expect(world.time.monoMs).toBe(before);
  });

  test("claims nothing more", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({
      tasks: [heldTask(job, { schedule: { every: "1s" }, overlap: "allow" })],
      concurrency: 1,
    });
    await world.time.advance(3_000);
    expect(job.attempts).toHaveLength(1);
    const stopped = node.belfry.stop();
    job.last.complete();
    await world.time.during(stopped);
    await world.time.advance(5_000);
    expect(job.attempts).toHaveLength(1);
  });

  test("aborts what is left when the grace is over and gives it back at once: another node goes on, with no retry or loss counted", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)], stopGraceMs: 5_000 });
    const two = await world.start({ tasks: [heldTask(second, { retries: 0, onLost: "fail" })] });
    const { trackingId } = await one.belfry.task("job").run({ payload: "kept" });
    await world.time.settle();
    const stopped = one.belfry.stop();
    await world.time.advance(5_000);
    expect(first.last.run.signal.reason).toMatchObject({ code: "E_STOPPED" });
    await world.time.during(stopped);
    await world.time.advance(1_500);
    expect(second.attempts).toHaveLength(1);
    expect(second.last.run).toMatchObject({ attempt: 2, payload: "kept", trackingId });
    expect(second.last.run.fencingToken).toBeGreaterThan(first.last.run.fencingToken);
    first.last.complete("too late");
    second.last.complete("mine");
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "completed", result: "mine" });
    expect(world.record(trackingId).attempts.map(({ outcome, node }) => [outcome, node])).toEqual([
      ["released", "node-1"],
      ["completed", "node-2"],
    ]);
    expect(two.told.lines).toEqual(["run.started 2", "run.completed 2"]);
    expect(one.told.lines).toEqual(["run.started 1"]);
  });

  test("gives back over and over without ending a run: a deploy is neither a retry nor a loss", async () => {
    const world = new World();
    const job = new Job();
    const rules = { retries: 0, onLost: "fail" as const };
    let node = await world.start({ tasks: [heldTask(job, rules)], stopGraceMs: 1_000 });
    const { trackingId } = await node.belfry.task("job").run();
    for (let n = 1; n <= 5; n++) {
      await world.time.until(() => job.attempts.length === n, 5_000);
      await node.stop();
      node = await world.start({ tasks: [heldTask(job, rules)], stopGraceMs: 1_000 });
    }
    await world.time.until(() => job.attempts.length === 6, 5_000);
    job.last.complete();
    await world.time.settle();
    expect(world.record(trackingId).status).toBe("completed");
    for (const { complete } of job.attempts) complete();
  });

  test("gives a handler that obeys its signal back all the same, and does not count what it throws", async () => {
    const world = new World();
    const job = new Job({ obeys: true });
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 5_000 });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    await node.stop();
    expect(world.state.findRun(trackingId)).toMatchObject({ state: "ready", attempts: [{ outcome: "released" }] });
  });

  test("a second call answers the first", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)] });
    await node.belfry.task("job").run();
    await world.time.settle();
    const [one, two] = [node.belfry.stop(), node.belfry.stop()];
    job.last.complete();
    await world.time.during(Promise.all([one, two]));
    await node.belfry.stop();
    expect(node.link.count("nodes.leave")).toBe(1);
  });

  test("leaves: the lease is given up, the socket closed", async () => {
    const world = new World();
    const node = await world.start({ tasks: [heldTask(new Job())], sockets: true });
    expect([world.state.nodes.size, world.sockets.size]).toEqual([1, 1]);
    await node.stop();
    expect([world.state.nodes.size, world.sockets.size]).toEqual([0, 0]);
  });

  test("writes the end of a handler, its last words and its onFailure before it resolves", async () => {
    const world = new World();
    const job = new Job();
    const failed: string[] = [];
    const onFailure = async ({ trackingId }: { trackingId: string }) => {
      await Promise.resolve();
      failed.push(trackingId);
    };
    const node = await world.start({ tasks: [heldTask(job, { onFailure })] });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    const stopped = node.belfry.stop();
    job.last.run.log("last word");
    job.last.fail(new Error("no"));
    await world.time.during(stopped);
    expect(world.record(trackingId)).toMatchObject({ status: "errors" });
    expect(world.state.logs.get(trackingId)?.lines).toMatchObject([{ message: "last word" }]);
    expect(failed).toEqual([trackingId]);
  });

  test.each([
    ["before the call is made", true],
    ["after it is made", false],
  ])("starts nothing of a trigger that is under way (%s), which is kept all the same", async (_, isBefore) => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)] });
    const insert = held();
    node.link.plan("runs.insert", insert.fate);
    if (!isBefore) insert.go();
    const triggered = node.belfry.task("job").run();
    await world.time.settle();
    const stopped = node.belfry.stop();
    await world.time.settle();
    insert.go();
    insert.answer();
    const { trackingId } = await triggered;
    await world.time.settle();
    for (const attempt of job.attempts) attempt.complete();
    await world.time.during(stopped);
    await world.time.advance(120_000);
    const { state } = world.state.findRun(trackingId) ?? {};
    expect(state).toBe(job.attempts.length === 0 ? "ready" : "completed");
    expect(job.attempts.length).toBeLessThanOrEqual(1);
  });

  test("starts no handler after it has resolved, even where a claim is answered only then", async () => {
    const world = new World();
    const [job, other] = [new Job(), new Job()];
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 2_000 });
    const insert = held();
    node.link.plan("runs.insert", insert.fate);
    const triggered = node.belfry.task("job").run();
    insert.go();
    await world.time.settle();
    await node.stop();
    const next = await world.start({ tasks: [heldTask(other)] });
    await world.time.until(() => other.attempts.length === 1, 5_000);
    insert.answer();
    await triggered.catch(() => {});
    await world.time.advance(5_000);
    expect([job.attempts.length, other.attempts.length]).toEqual([0, 1]);
    other.last.complete();
    await next.stop();
  });

  test("with no grace at all gives back at once, and what is given back is free", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 0 });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    await node.stop();
    expect(world.state.findRun(trackingId)?.state).toBe("ready");
    expect(world.state.nodes.size).toBe(0);
    job.last.complete();
  });
});

describe("while it stops", () => {
  test("a handler that is waited for may still trigger and read; nobody outside may", async () => {
    const world = new World();
    const job = new Job();
    const parent = task(
      async (run) => {
        await job.handler(run);
        const child = await agnost.task("child").run();
        return [child.trackingId, (await agnost.task("child").getTaskStatus(child.trackingId))?.status];
      },
      { name: "parent" },
    );
    const node = await world.start({ tasks: [parent, task(() => {}, { name: "child" })] });
    const { trackingId } = await node.belfry.task("parent").run();
    await world.time.settle();
    const stopped = node.belfry.stop();
    await expect(node.belfry.task("child").run()).rejects.toMatchObject({ code: "E_STOPPED" });
    job.last.complete();
    await world.time.during(stopped);
    const { result } = world.record(trackingId) as { result: [string, string] };
    expect(result[1]).toBe("pending");
    expect(world.state.findRun(result[0])?.state).toBe("ready");
  });
});

test("a handler that stops its own engine is given back when the grace is over", async () => {
  const world = new World();
  let isStopped = false;
  const suicidal = task(async () => {
    await node.belfry.stop();
    isStopped = true;
  });
  const node = await world.start({ tasks: [suicidal], stopGraceMs: 5_000 });
  const { trackingId } = await node.belfry.task("task").run();
  await world.time.until(() => isStopped, 20_000);
  expect(world.state.findRun(trackingId)).toMatchObject({ state: "ready", attempts: [{ outcome: "released" }] });
});

describe("after stop()", () => {
  test("every call rejects E_STOPPED, and stop() still resolves", async () => {
    const world = new World();
    const { belfry, ...node } = await world.start({ tasks: [task(() => {})] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    await node.stop();
    const calls = [
      () => belfry.start(),
      () => belfry.task("task").run(),
      () => belfry.task("task").runAndWait(),
      () => belfry.task("task").getTaskStatus(trackingId),
      () => belfry.runs.get(trackingId),
      () => belfry.runs.list(),
      () => belfry.runs.cancel(trackingId),
      () => belfry.runs.retry(trackingId),
      () => belfry.runs.logs(trackingId),
      () => belfry.schedules.firings("task"),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "E_STOPPED" });
    await belfry.stop();
  });

  test("a handler that was left behind cannot trigger, write or keep the process alive", async () => {
    const world = new World();
    const job = new Job();
    let outcome: unknown;
    const lost = task(async (run) => {
      await job.handler(run);
      outcome = await node.belfry
        .task("task")
        .run()
        .catch((error: unknown) => error);
    });
    const node = await world.start({ tasks: [lost], stopGraceMs: 1_000 });
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.settle();
    await node.stop();
    const before = structuredClone(world.state.findRun(trackingId));
    job.last.run.log("to nobody");
    job.last.run.progress(1);
    expect(world.time.pending(node.clock)).toBe(0);
    job.last.complete();
    await world.time.settle();
    expect(outcome).toMatchObject({ code: "E_STOPPED" });
    expect(world.state.findRun(trackingId)).toEqual(before);
    expect(world.time.pending(node.clock)).toBe(0);
  });
});
