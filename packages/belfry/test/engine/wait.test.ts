import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { refused } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("runAndWait", () => {
  test("resolves with the full record at once when the run ends here, well or not", async () => {
    const world = new World();
    const { belfry } = await world.start({
      tasks: [task(() => ({ sum: 3 })), task(() => Promise.reject(new Error("no")), { name: "fails" })],
    });
    const ended = belfry.task("task").runAndWait({ payload: 1 });
    await world.time.settle();
    expect(await ended).toMatchObject({ status: "completed", result: { sum: 3 }, payload: 1, trigger: "manual" });
    const failed = belfry.task("fails").runAndWait();
    await world.time.settle();
    expect(await failed).toMatchObject({ status: "errors", outcome: "E_HANDLER" });
  });

  test("waits through retries", async () => {
    const world = new World();
    const handler = ({ attempt }: { attempt: number }) => (attempt < 3 ? Promise.reject(new Error("no")) : attempt);
    const { belfry } = await world.start({ tasks: [task(handler, { retries: 2 })] });
    expect(await world.time.during(belfry.task("task").runAndWait())).toMatchObject({ status: "completed", result: 3 });
  });

  test("resolves when the run ends on another node, within about a second", async () => {
    const world = new World();
    const job = new Job();
    await world.start({ tasks: [heldTask(job)] });
    const reader = await world.start({ work: false });
    const waiting = reader.belfry.task("job").runAndWait();
    await world.time.until(() => job.attempts.length === 1);
    job.last.complete("over there");
    const from = world.time.monoMs;
    expect(await world.time.during(waiting)).toMatchObject({ result: "over there" });
    expect(world.time.monoMs - from).toBeLessThanOrEqual(1_500);
  });

  test("resolves for a run that is cancelled", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [heldTask(new Job())] });
    const waiting = belfry.task("job").runAndWait({ delay: "1h" });
    await world.time.settle();
    const [run] = (await belfry.runs.list()).items;
    await belfry.runs.cancel(run?.trackingId ?? "");
    await world.time.settle();
    expect(await waiting).toMatchObject({ outcome: "E_CANCELLED" });
  });

  test("rejects E_STOPPED when its engine stops first; the run goes on elsewhere", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)], stopGraceMs: 1_000 });
    await world.start({ tasks: [heldTask(second)] });
    const waiting = one.belfry.task("job").runAndWait();
    const told = expect(waiting).rejects.toMatchObject({ code: "E_STOPPED" });
    await world.time.settle();
    const stopped = one.belfry.stop();
    await told;
    await world.time.during(stopped);
    await world.time.until(() => second.attempts.length === 1, 3_000);
    second.last.complete();
    await world.time.settle();
    expect(world.record(second.last.run.trackingId).status).toBe("completed");
    first.last.complete();
  });

  test("does not give up while the store is away: the run is kept", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    const waiting = belfry.task("job").runAndWait();
    await world.time.settle();
    link.away = true;
    await world.time.advance(10_000);
    link.away = false;
    link.plan("runs.get", refused);
    job.last.complete("kept");
    expect(await world.time.during(waiting)).toMatchObject({ result: "kept" });
  });

  test("rejects as run() where the trigger is refused", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {}, { enabled: false })] });
    await expect(belfry.task("task").runAndWait()).rejects.toMatchObject({ code: "E_TASK_DISABLED" });
    await expect(belfry.task("none").runAndWait()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
  });

  test("of a task that waits for its own kind inside of its handler does not deadlock while slots last", async () => {
    const world = new World();
    const inner = task(() => "inner", { name: "inner" });
    const outer = task(async () => (await node.belfry.task("inner").runAndWait()).result);
    const node = await world.start({ tasks: [inner, outer], concurrency: 2 });
    expect(await world.time.during(node.belfry.task("task").runAndWait())).toMatchObject({ result: "inner" });
  });
});
