import { describe, expect, test } from "vitest";
import { makeId } from "../../src/run/id.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { held, refused } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("cancelling", () => {
  test("a run that waits ends it at once, with the reason", async () => {
    const world = new World();
    const { belfry, told } = await world.start({ tasks: [heldTask(new Job())] });
    const { trackingId } = await belfry.task("job").run({ delay: "1h" });
    expect(await belfry.runs.cancel(trackingId, { reason: "no longer needed" })).toBe("ended");
    await world.time.settle();
    const record = world.record(trackingId);
    const error = { code: "E_CANCELLED", message: "the run was cancelled: no longer needed" };
    expect(record).toMatchObject({
      status: "errors",
      outcome: "E_CANCELLED",
      completedAt: world.time.iso,
      attempts: [],
    });
    expect(record.errors).toMatchObject([error]);
    expect(record).not.toHaveProperty("startedAt");
    expect(told.all("run.failed")).toMatchObject([{ trackingId, task: "job", error }]);
    await world.time.advance(2 * 3_600_000);
    expect(told.lines).toEqual(["run.failed 0"]);
  });

  test("a run that waits is told though the store is away right after; the call does not wait for that", async () => {
    const world = new World();
    const { belfry, link, told } = await world.start({ tasks: [heldTask(new Job())] });
    const { trackingId } = await belfry.task("job").run({ delay: "1h" });
    link.plan("runs.get", refused, refused);
    expect(await belfry.runs.cancel(trackingId)).toBe("ended");
    await world.time.advance(5_000);
    expect(told.all("run.failed")).toMatchObject([{ trackingId, error: { code: "E_CANCELLED" } }]);
  });

  test("a run that waits for its retry ends it at once", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { retries: 3, backoff: "1m" })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    job.last.fail(new Error("no"));
    await world.time.settle();
    expect(await belfry.runs.cancel(trackingId)).toBe("ended");
    expect(world.record(trackingId)).toMatchObject({ status: "errors", outcome: "E_CANCELLED" });
    expect(world.record(trackingId).errors?.map(({ code }) => code)).toEqual(["E_HANDLER", "E_CANCELLED"]);
    await world.time.advance(120_000);
    expect(job.attempts).toHaveLength(1);
  });

  test("a run that runs aborts its signal at once, and the end comes with its handler", async () => {
    const world = new World();
    const job = new Job({ obeys: true });
    const { belfry, told } = await world.start({ tasks: [heldTask(job, { retries: 3 })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    expect(await belfry.runs.cancel(trackingId, { reason: "enough" })).toBe("requested");
    expect(job.last.run.signal.reason).toMatchObject({ code: "E_CANCELLED", message: "the run was cancelled: enough" });
    await world.time.settle();
    expect(world.record(trackingId).errors).toMatchObject([{ message: "the run was cancelled: enough" }]);
    expect(world.record(trackingId)).toMatchObject({ status: "errors", outcome: "E_CANCELLED" });
    expect(told.lines).toEqual(["run.started 1", "run.failed 1"]);
    expect(await belfry.runs.cancel(trackingId)).toBe("ended");
  });

  test("a run whose handler returns all the same lets it complete", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    await belfry.runs.cancel(trackingId);
    job.last.complete("done before I saw it");
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "completed", result: "done before I saw it" });
  });

  test("a run on another node reaches it within about a second", async () => {
    const world = new World();
    const job = new Job({ obeys: true });
    const runner = await world.start({ tasks: [heldTask(job)] });
    const other = await world.start({ work: false });
    const { trackingId } = await runner.belfry.task("job").run();
    await world.time.settle();
    expect(await other.belfry.runs.cancel(trackingId, { reason: "from afar" })).toBe("requested");
    await world.time.advance(1_500);
    expect(job.last.run.signal.aborted).toBe(true);
    expect(world.record(trackingId).errors).toMatchObject([{ message: "the run was cancelled: from afar" }]);
    expect(world.record(trackingId)).toMatchObject({ status: "errors", outcome: "E_CANCELLED" });
  });

  test("an ended run changes nothing; one that nobody knows is E_RUN_UNKNOWN, a malformed id E_TRACKING_ID", async () => {
    const world = new World();
    const { belfry, told } = await world.start({ tasks: [task(() => 1)] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const before = world.record(trackingId);
    expect(await belfry.runs.cancel(trackingId, { reason: "too late" })).toBe("ended");
    expect(world.record(trackingId)).toEqual(before);
    expect(told.lines).toEqual(["run.started 1", "run.completed 1"]);
    await expect(belfry.runs.cancel(makeId(0, "0".repeat(16)))).rejects.toMatchObject({ code: "E_RUN_UNKNOWN" });
    await expect(belfry.runs.cancel(trackingId.toUpperCase())).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    await expect(belfry.runs.cancel(trackingId, { reason: "" })).rejects.toMatchObject({ code: "E_OPTION" });
  });

  test("a run whose handler ignores it is abandoned after the grace: its token is dead, its slot taken until it settles", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, said } = await world.start({
      tasks: [heldTask(job), task(() => "next")],
      concurrency: 1,
      stopGraceMs: 5_000,
    });
    const { trackingId } = await belfry.task("job").run();
    const next = await belfry.task("task").run();
    await world.time.settle();
    await belfry.runs.cancel(trackingId);
    await world.time.advance(4_999);
    expect(world.record(trackingId).status).toBe("processing");
    await world.time.advance(1);
    expect(world.record(trackingId)).toMatchObject({
      status: "errors",
      outcome: "E_CANCELLED",
      completedAt: world.time.iso,
    });
    expect(said.lines.join()).toMatch(/job .* ignores its signal/);

    const ended = world.record(trackingId);
    job.last.run.log("written by nobody");
    job.last.run.progress(0.9);
    await world.time.advance(60_000);
    expect(world.record(next.trackingId).status).toBe("pending");
    job.last.complete("late");
    await world.time.settle();
    expect(world.record(trackingId)).toEqual(ended);
    expect((await belfry.runs.logs(trackingId)).items).toEqual([]);
    expect(world.record(next.trackingId).status).toBe("completed");
  });

  test("a run before its handler was called: it is not called any more", async () => {
    const world = new World();
    const job = new Job();
    const parsed = held();
    let parsings = 0;
    const validate = (value: unknown) =>
      ++parsings === 1 ? { value } : (parsed.fate(async () => ({ value })) as Promise<{ value: unknown }>);
    const payload = { "~standard": { version: 1 as const, vendor: "test", validate } };
    const { belfry } = await world.start({ tasks: [heldTask(job, { payload })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    expect(await belfry.runs.cancel(trackingId)).toBe("requested");
    parsed.go();
    parsed.answer();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ outcome: "E_CANCELLED" });
    expect(job.attempts).toEqual([]);
  });

  test("a run in the moment in which its attempt fails ends with it, with the reason, and is told of once", async () => {
    const world = new World();
    const job = new Job({ obeys: true });
    const { belfry, link, told } = await world.start({ tasks: [heldTask(job, { retries: 3 })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    const finish = held();
    link.plan("runs.finish", finish.fate);
    job.last.fail(new Error("no"));
    await world.time.settle();
    expect(await belfry.runs.cancel(trackingId, { reason: "enough" })).toBe("requested");
    finish.go();
    finish.answer();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({
      outcome: "E_CANCELLED",
      errors: [{ code: "E_HANDLER" }, { code: "E_CANCELLED", message: "the run was cancelled: enough" }],
    });
    await world.time.advance(10_000);
    expect(told.lines).toEqual(["run.started 1", "run.failed 0"]);
    expect(told.all("run.failed")).toMatchObject([{ error: { message: "the run was cancelled: enough" } }]);
  });

  test("a run that its stopping node gives back ends with that", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job({ obeys: true })];
    const one = await world.start({ tasks: [heldTask(first)], stopGraceMs: 5_000 });
    const two = await world.start({ tasks: [heldTask(second)] });
    const { trackingId } = await one.belfry.task("job").run();
    await world.time.settle();
    const stopped = one.belfry.stop();
    await world.time.advance(4_900);
    one.link.plan("nodes.renew", held().fate);
    await two.belfry.runs.cancel(trackingId);
    await world.time.during(stopped);
    await world.time.until(() => world.record(trackingId).status === "errors", 5_000);
    expect(world.record(trackingId)).toMatchObject({ outcome: "E_CANCELLED" });
    first.last.complete();
  });
});
