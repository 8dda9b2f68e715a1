import { describe, expect, test } from "vitest";
import { BelfryError } from "../../src/base/errors.ts";
import { toIso } from "../../src/run/record.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

/** The waits between the attempts of a run, in milliseconds. */
function waitsOf(run: { attempts: { startedAt: string; endedAt?: string }[] }): number[] {
  return run.attempts
    .slice(1)
    .map(({ startedAt }, index) => Date.parse(startedAt) - Date.parse(run.attempts[index]?.endedAt ?? ""));
}

describe("an attempt", () => {
  test("that returns completes the run, with its result", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, told } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "processing", startedAt: world.time.iso });
    await world.time.advance(250);
    job.last.complete({ sum: 3 });
    await world.time.settle();
    const record = world.record(trackingId);
    expect(record).toMatchObject({
      status: "completed",
      result: { sum: 3 },
      outcome: "completed",
      completedAt: world.time.iso,
    });
    expect(record.attempts).toMatchObject([{ attempt: 1, outcome: "completed", node: "node-1" }]);
    expect(record).not.toHaveProperty("errors");
    expect(told.all("run.completed")).toEqual([{ trackingId, task: "job", attempt: 1, durationMs: 250 }]);
  });

  test("that throws ends the run, where no retry is asked for", async () => {
    const world = new World();
    const { belfry, told } = await world.start({ tasks: [task(() => Promise.reject(new TypeError("no")))] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const errors = [{ attempt: 1, code: "E_HANDLER", name: "TypeError", message: "no", at: world.time.iso }];
    expect(world.record(trackingId)).toMatchObject({
      status: "errors",
      outcome: "E_HANDLER",
      errors,
      completedAt: world.time.iso,
    });
    expect(told.lines).toEqual(["run.started 1", "run.failed 1"]);
  });

  test("that throws is tried again after a backoff that doubles up to an hour", async () => {
    const world = new World();
    const { belfry, told } = await world.start({
      tasks: [task(() => Promise.reject(new Error("no")), { retries: 14 })],
    });
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors", 24 * 3_600_000);
    const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600];
    expect(waitsOf(world.record(trackingId))).toEqual(seconds.map((wait) => wait * 1_000));
    expect(world.record(trackingId).errors).toHaveLength(15);
    expect(told.all("run.retrying").map(({ delayMs }) => delayMs)).toEqual(seconds.map((wait) => wait * 1_000));
    expect(told.lines.at(-1)).toBe("run.failed 15");
  });

  test.each([
    [0, 3_000],
    [0.999_999, 5_000],
  ])("waits a quarter less or more, by chance (%d)", async (chance, waitMs) => {
    const world = new World();
    const node = await world.start({
      tasks: [task(() => Promise.reject(new Error("no")), { retries: 1, backoff: "4s" })],
    });
    node.clock.chance = chance;
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors");
    expect(waitsOf(world.record(trackingId))).toEqual([waitMs]);
  });

  test("waits as its task's backoff says", async () => {
    const world = new World();
    const backoff = { first: "100ms", factor: 10, max: "5s" };
    const { belfry } = await world.start({
      tasks: [task(() => Promise.reject(new Error("no")), { retries: 4, backoff })],
    });
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors");
    expect(waitsOf(world.record(trackingId))).toEqual([100, 1_000, 5_000, 5_000]);
  });

  test("shows processing between its attempts, and completes where a later one returns", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { retries: 2 })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    job.last.fail(new Error("first"));
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "processing" });
    expect(world.record(trackingId)).not.toHaveProperty("errors");
    await world.time.until(() => job.attempts.length === 2);
    job.last.complete();
    await world.time.settle();
    const record = world.record(trackingId);
    expect(record).toMatchObject({
      status: "completed",
      outcome: "completed",
      startedAt: record.attempts[0]?.startedAt,
    });
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(["E_HANDLER", "completed"]);
    expect(record.attempts[1]?.fencingToken).toBeGreaterThan(record.attempts[0]?.fencingToken ?? 0);
    expect(job.attempts.map(({ run }) => [run.attempt, run.fencingToken])).toEqual(
      record.attempts.map(({ attempt, fencingToken }) => [attempt, fencingToken]),
    );
  });

  test("leaves its place to another run of a task that runs one at a time, until it is due", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { concurrency: 1, retries: 1, backoff: "1h" })] });
    await belfry.task("job").run();
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    job.last.fail(new Error("no"));
    await world.time.advance(1_000);
    expect(job.last.run.trackingId).toBe(trackingId);
  });
});

describe("retryOn", () => {
  test("is asked with what was thrown, and ends the run with its no", async () => {
    const world = new World();
    const asked: unknown[] = [];
    const thrown = [new Error("again"), new Error("enough")];
    const retryOn = (error: unknown, attempt: number) => {
      asked.push([error, attempt]);
      return error === thrown[0];
    };
    const { belfry } = await world.start({
      tasks: [task(({ attempt }) => Promise.reject(thrown[attempt - 1]), { retries: 5, retryOn })],
    });
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors");
    expect(asked).toEqual([
      [thrown[0], 1],
      [thrown[1], 2],
    ]);
    expect(world.record(trackingId).attempts).toHaveLength(2);
  });

  test.each([
    ["an error", new Error("retryOn is broken")],
    ["what no text can be made of", Object.create(null)],
  ])("that throws %s counts as no, and is logged", async (_, broken) => {
    const world = new World();
    const retryOn = () => {
      throw broken;
    };
    const { belfry, said } = await world.start({
      tasks: [task(() => Promise.reject(new Error("no")), { retries: 5, retryOn })],
    });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "errors", outcome: "E_HANDLER" });
    expect(said.errors).toHaveLength(1);
    expect(said.errors[0]).toMatch(/retryOn of task "task" threw/);
  });
});

describe("a timeout", () => {
  test("aborts the signal, and fails the attempt with E_TIMEOUT, which is retried", async () => {
    const world = new World();
    const job = new Job({ obeys: true });
    const { belfry } = await world.start({ tasks: [heldTask(job, { timeout: "5s", retries: 1 })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.advance(4_999);
    expect(job.last.run.signal.aborted).toBe(false);
    await world.time.advance(1);
    expect(job.last.run.signal.aborted).toBe(true);
    expect(job.last.run.signal.reason).toMatchObject({ code: "E_TIMEOUT" });
    await world.time.until(() => world.record(trackingId).status === "errors");
    const { attempts, outcome, errors } = world.record(trackingId);
    expect(attempts.map((attempt) => attempt.outcome)).toEqual(["E_TIMEOUT", "E_TIMEOUT"]);
    expect(outcome).toBe("E_TIMEOUT");
    expect(errors?.map(({ code, message }) => [code, message])).toEqual(
      [1, 2].map(() => ["E_TIMEOUT", "the handler was not done after 5s"]),
    );
  });

  test("stands even where the handler returns after it", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { timeout: "5s" })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.advance(6_000);
    job.last.complete("late");
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({
      status: "errors",
      outcome: "E_TIMEOUT",
      completedAt: world.time.iso,
    });
    expect(world.record(trackingId)).not.toHaveProperty("result");
  });

  test("ends with the attempt: an earlier attempt's does not touch the next", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { timeout: "5s", retries: 1, backoff: "1s" })] });
    await belfry.task("job").run();
    await world.time.advance(4_000);
    job.last.fail(new Error("no"));
    await world.time.until(() => job.attempts.length === 2);
    await world.time.advance(4_000);
    expect(job.last.run.signal.aborted).toBe(false);
  });

  test("counts the payload's parsing too, and a handler whose signal is already aborted is not started", async () => {
    const world = new World();
    let parsings = 0;
    const parsed = Promise.withResolvers<{ value: unknown }>();
    const validate = (value: unknown) => (++parsings === 1 ? { value } : parsed.promise);
    const job = new Job();
    const payload = { "~standard": { version: 1 as const, vendor: "test", validate } };
    const { belfry } = await world.start({ tasks: [heldTask(job, { timeout: "5s", payload })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.advance(5_000);
    parsed.resolve({ value: 1 });
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "errors", outcome: "E_TIMEOUT" });
    expect(job.attempts).toEqual([]);
  });
});

test("triggeredAt <= startedAt <= completedAt, also where the store's clock steps back in between", async () => {
  const world = new World();
  const job = new Job();
  const { belfry } = await world.start({ tasks: [heldTask(job)] });
  const { trackingId } = await belfry.task("job").run({ delay: "5s" });
  world.time.jump(-1_000);
  await world.time.until(() => job.attempts.length === 1);
  world.time.jump(-60_000);
  job.last.complete();
  await world.time.settle();
  const { triggeredAt, startedAt, completedAt } = world.record(trackingId);
  expect([triggeredAt, startedAt, completedAt]).toEqual([triggeredAt, startedAt, completedAt].toSorted());
});

test("a handler that throws one of our own errors keeps its name and message, under E_HANDLER", async () => {
  const world = new World();
  const thrown = new BelfryError("E_TIMEOUT", { duration: "1s" });
  const { belfry } = await world.start({ tasks: [task(() => Promise.reject(thrown))] });
  const { trackingId } = await belfry.task("task").run();
  await world.time.settle();
  expect(world.record(trackingId).errors).toEqual([
    { attempt: 1, code: "E_HANDLER", name: "BelfryError", message: thrown.message, at: toIso(world.time.wallMs) },
  ]);
});
