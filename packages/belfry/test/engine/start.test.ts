import { describe, expect, test } from "vitest";
import { isBelfryError } from "../../src/base/errors.ts";
import { shared } from "../../src/engine/global.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, refused } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("start()", () => {
  test("a second call answers the first", async () => {
    const world = new World();
    const { belfry, link } = world.node({ tasks: [task(() => {})] });
    const [one, two] = [belfry.start(), belfry.start()];
    expect(one).toBe(two);
    await one;
    expect(belfry.start()).toBe(one);
    expect(link.count("nodes.register")).toBe(1);
  });

  test("before it, every call rejects E_NOT_STARTED and names itself; task() does not throw", async () => {
    const world = new World();
    const { belfry } = world.node({ tasks: [task(() => {})] });
    const id = "0".repeat(24);
    const calls = [
      () => belfry.task("task").run(),
      () => belfry.task("task").runAndWait(),
      () => belfry.task("task").getTaskStatus(id),
      () => belfry.runs.get(id),
      () => belfry.runs.list(),
      () => belfry.runs.cancel(id),
      () => belfry.runs.retry(id),
      () => belfry.runs.logs(id),
      () => belfry.schedules.firings("task"),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: "E_NOT_STARTED",
        message: expect.stringMatching(/\(\) was called before start/),
      });
    }
  });

  test.each([
    ["the store cannot be opened", undefined],
    ["the definitions cannot be read", "tasks.current"],
    ["the definitions cannot be applied", "tasks.apply"],
    ["no lease is granted", "nodes.register"],
  ])("that fails because %s leaves nothing open, and may be called again", async (_, verb) => {
    const world = new World();
    const node = world.node({ tasks: [task(() => "ran", { captureConsole: true })], sockets: true });
    const print = console.log;
    if (verb) node.link.plan(verb, refused);
    else node.link.away = true;
    await expect(node.belfry.start()).rejects.toMatchObject({ code: "E_STORE_UNAVAILABLE" });
    expect([node.link.isOpen, world.sockets.size, world.time.pending(node.clock), console.log]).toEqual([
      false,
      0,
      0,
      print,
    ]);
    await expect(node.belfry.task("task").run()).rejects.toMatchObject({ code: "E_NOT_STARTED" });
    expect(shared().engines.size).toBe(0);
    node.link.away = false;
    await world.time.during(node.belfry.start());
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.settle();
    expect(world.record(trackingId).status).toBe("completed");
  });

  test("whose lease was granted without an answer may be called again", async () => {
    const world = new World();
    const node = world.node({ tasks: [task(() => {})], sockets: true });
    node.link.plan("nodes.register", answerLost);
    await expect(node.belfry.start()).rejects.toMatchObject({ code: "E_OUTCOME_UNKNOWN" });
    expect([node.link.isOpen, world.sockets.size]).toEqual([false, 0]);
    await world.time.during(node.belfry.start());
  });

  test("after a failed one and a stop() rejects E_STOPPED", async () => {
    const world = new World();
    const node = world.node();
    node.link.away = true;
    await expect(node.belfry.start()).rejects.toMatchObject({ code: "E_STORE_UNAVAILABLE" });
    await node.belfry.stop();
    node.link.away = false;
    await expect(node.belfry.start()).rejects.toMatchObject({ code: "E_STOPPED" });
    expect(node.link.isOpen).toBe(false);
  });

  test("after a stop() that came first rejects E_STOPPED", async () => {
    const world = new World();
    const { belfry, link } = world.node();
    await belfry.stop();
    await belfry.stop();
    await expect(belfry.start()).rejects.toMatchObject({ code: "E_STOPPED" });
    expect(link.calls).toEqual([]);
  });

  test("that is still under way is ended by stop()", async () => {
    const world = new World();
    const node = world.node({ tasks: [heldTask(new Job(), { schedule: { every: "1s" } })], sockets: true });
    const started = node.belfry.start();
    const stopped = node.belfry.stop();
    await world.time.during(Promise.all([started, stopped]));
    await world.time.advance(10_000);
    expect([node.link.isOpen, world.sockets.size, world.state.runs.size, world.time.pending(node.clock)]).toEqual([
      false,
      0,
      0,
      0,
    ]);
  });

  test("that fails while stop() waits for it lets stop() resolve", async () => {
    const world = new World();
    const node = world.node({ tasks: [task(() => {})] });
    node.link.plan("nodes.register", refused);
    const started = node.belfry.start().catch((error: unknown) => error);
    await world.time.during(node.belfry.stop());
    expect(isBelfryError(await started, "E_STORE_UNAVAILABLE")).toBe(true);
    expect(node.link.isOpen).toBe(false);
  });

  test("runs what waited before it", async () => {
    const world = new World();
    const job = new Job();
    const first = await world.start({ tasks: [heldTask(job)], stopGraceMs: 0 });
    const { trackingId } = await first.belfry.task("job").run({ delay: "1m" });
    await first.stop();
    await world.time.advance(3_600_000);
    await world.start({ tasks: [heldTask(job)] });
    expect(job.attempts.map(({ run }) => run.trackingId)).toEqual([trackingId]);
    job.last.complete();
  });
});

describe("work: false", () => {
  test("triggers and reads; never runs, claims, plans or takes a lease", async () => {
    const world = new World();
    const [worker, idle] = [new Job(), new Job()];
    const tasks = (job: Job) => [heldTask(job, { schedule: { every: "10s" }, overlap: "allow" })];
    await world.start({ tasks: tasks(worker) });
    const reader = await world.start({ tasks: tasks(idle), work: false });
    const { trackingId } = await reader.belfry.task("job").run({ payload: 1 });
    await world.time.advance(30_000);
    expect(await reader.belfry.task("job").getTaskStatus(trackingId)).toMatchObject({ status: "processing" });
    expect(await reader.belfry.runs.get(trackingId)).toMatchObject({ payload: 1 });
    expect((await reader.belfry.runs.list()).items).toHaveLength(4);
    expect((await reader.belfry.schedules.firings("job")).items).toHaveLength(3);
    expect([worker.attempts.length, idle.attempts.length]).toEqual([4, 0]);
    const never = [
      "nodes.register",
      "runs.claim",
      "ledger.fire",
      "tasks.apply",
      "nodes.renew",
      "runs.prune",
      "nodes.reap",
    ];
    expect(reader.link.calls.filter((call) => never.includes(call))).toEqual([]);
    expect(world.time.pending(reader.clock)).toBe(0);
  });

  test("applies no definitions: neither its own nor the end of others'", async () => {
    const world = new World();
    const worker = await world.start({ tasks: [task(() => 1, { name: "known", schedule: "0 0 * * *" })] });
    const reader = await world.start({ tasks: [task(() => 2, { name: "unknown" })], work: false });
    await expect(reader.belfry.task("unknown").run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    const { trackingId } = await reader.belfry.task("known").run();
    await world.time.advance(1_500);
    expect(world.record(trackingId)).toMatchObject({ status: "completed", result: 1 });
    expect((await worker.belfry.schedules.firings("known")).items).toEqual([]);
  });

  test("on an empty store knows no task", async () => {
    const world = new World();
    const { belfry } = await world.start({ work: false });
    await expect(belfry.task("any").run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
  });
});

describe("task(name)", () => {
  test("never throws; an unknown name is E_TASK_UNKNOWN, with the nearest", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {}, { name: "billOnDemand" })] });
    await expect(belfry.task("billonDemand").run()).rejects.toMatchObject({
      code: "E_TASK_UNKNOWN",
      message: expect.stringContaining('did you mean "billOnDemand"?'),
    });
    for (const name of ["", "constructor", "__proto__", 1, undefined, null, Symbol("x"), {}]) {
      const handle = belfry.task(name as string);
      await expect(handle.run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
      await expect(handle.getTaskStatus("0".repeat(24))).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    }
  });

  test("getTaskStatus: null for another task's run, E_TRACKING_ID for a malformed id", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {}), task(() => {}, { name: "other" })] });
    const { trackingId } = await belfry.task("task").run();
    expect(await belfry.task("other").getTaskStatus(trackingId)).toBeNull();
    expect(await belfry.task("task").getTaskStatus("0".repeat(24))).toBeNull();
    for (const id of ["", "x", trackingId.toUpperCase().replace(/^\d/, "A"), `${trackingId} `, undefined, 7]) {
      await expect(belfry.task("task").getTaskStatus(id as string)).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    }
  });

  test("run() answers exactly the seed's five fields, in its order; getTaskStatus its seven", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => "result")] });
    const result = await belfry.task("task").run({ payload: 1, reason: "why" });
    expect(Object.keys(result)).toEqual(["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"]);
    expect(result).toMatchObject({ cronJobName: "task", triggeredAt: world.time.iso, status: "pending" });
    await world.time.advance(10);
    const status = await belfry.task("task").getTaskStatus(result.trackingId);
    expect(status).toEqual({
      ...result,
      status: "completed",
      startedAt: result.triggeredAt,
      completedAt: result.triggeredAt,
    });
  });
});

test("an idle engine does next to nothing: no call that writes, and no task it was not asked for", async () => {
  const world = new World();
  const { link } = await world.start({ tasks: [heldTask(new Job(), { schedule: "0 0 1 1 *" })] });
  await world.time.advance(5_000);
  const before = link.calls.length;
  await world.time.advance(60_000);
  expect(link.calls.slice(before)).toEqual([]);
});

test("two idle engines on one store do not keep each other awake", async () => {
  const world = new World();
  const tasks = [heldTask(new Job(), { schedule: "0 0 1 1 *" })];
  const nodes = [await world.start({ tasks }), await world.start({ tasks })];
  await world.time.advance(10_000);
  const before = nodes.map(({ link }) => link.calls.length);
  await world.time.advance(60_000);
  const calls = nodes.flatMap(({ link }, index) => link.calls.slice(before[index]));
  expect(calls.filter((call) => call !== "nodes.list")).toEqual([]);
});
