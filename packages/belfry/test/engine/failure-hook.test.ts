import { describe, expect, test } from "vitest";
import { agnost } from "../../src/agnost.ts";
import type { RunRecord } from "../../src/run/record.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, refused } from "./support/link.ts";
import { World } from "./support/world.ts";

const no = () => Promise.reject(new Error("no"));

describe("onFailure", () => {
  test("is called once the end is durable, once, with the full record", async () => {
    const world = new World();
    const calls: RunRecord[] = [];
    const kept: unknown[] = [];
    const onFailure = (run: RunRecord) => {
      calls.push(run);
      kept.push(world.record(run.trackingId));
    };
    const { belfry } = await world.start({ tasks: [task(no, { retries: 2, onFailure })] });
    const { trackingId } = await belfry.task("task").run({ payload: { n: 1 } });
    await world.time.until(() => world.record(trackingId).status === "errors");
    await world.time.advance(10_000);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ trackingId, status: "errors", outcome: "E_HANDLER", payload: { n: 1 } });
    expect(calls[0]?.attempts).toHaveLength(3);
    expect(calls).toEqual(kept);
  });

  test("is not called for what completes, is retried or is given back", async () => {
    const world = new World();
    const calls: string[] = [];
    const onFailure = ({ trackingId }: RunRecord) => void calls.push(trackingId);
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { retries: 1, onFailure })], stopGraceMs: 0 });
    await node.belfry.task("job").run();
    await world.time.settle();
    job.last.fail(new Error("once"));
    await world.time.until(() => job.attempts.length === 2);
    job.last.complete();
    await node.belfry.task("job").run();
    await world.time.settle();
    await node.stop();
    job.last.complete();
    expect(calls).toEqual([]);
  });

  test.each([
    ["throws", () => no()],
    [
      "throws at once",
      () => {
        throw Object.create(null);
      },
    ],
  ])("that %s is logged, and changes nothing", async (_, onFailure) => {
    const world = new World();
    const { belfry, said } = await world.start({ tasks: [task(no, { onFailure })], concurrency: 1 });
    const first = await belfry.task("task").run();
    await world.time.settle();
    expect(said.errors).toHaveLength(1);
    expect(said.errors[0]).toMatch(/onFailure of task "task" threw/);
    const second = await belfry.task("task").run();
    await world.time.settle();
    expect([first, second].map(({ trackingId }) => world.record(trackingId).status)).toEqual(["errors", "errors"]);
  });

  test("is called once where the answer to the end was lost", async () => {
    const world = new World();
    const calls: string[] = [];
    const { belfry, link } = await world.start({
      tasks: [task(no, { onFailure: (run) => void calls.push(run.trackingId) })],
    });
    link.plan("runs.finish", answerLost, answerLost, refused);
    const { trackingId } = await belfry.task("task").run();
    await world.time.advance(10_000);
    expect(calls).toEqual([trackingId]);
  });

  test("is called though the store is away in the moment after the end", async () => {
    const world = new World();
    const calls: string[] = [];
    const { belfry, link } = await world.start({
      tasks: [task(no, { onFailure: (run) => void calls.push(run.trackingId) })],
    });
    link.plan("runs.get", refused, refused);
    const { trackingId } = await belfry.task("task").run();
    await world.time.advance(5_000);
    expect(calls).toEqual([trackingId]);
  });

  test("is called for what is cancelled: while it waits, and while it runs", async () => {
    const world = new World();
    const calls: unknown[] = [];
    const job = new Job({ obeys: true });
    const onFailure = ({ trackingId, outcome }: RunRecord) => void calls.push([trackingId, outcome]);
    const { belfry } = await world.start({ tasks: [heldTask(job, { onFailure })] });
    const [running, waiting] = [await belfry.task("job").run(), await belfry.task("job").run({ delay: "1h" })];
    await world.time.settle();
    await belfry.runs.cancel(waiting.trackingId);
    await belfry.runs.cancel(running.trackingId);
    await belfry.runs.cancel(waiting.trackingId);
    await world.time.settle();
    expect(calls).toEqual([
      [waiting.trackingId, "E_CANCELLED"],
      [running.trackingId, "E_CANCELLED"],
    ]);
  });

  test("is called for what times out, and for what is abandoned", async () => {
    const world = new World();
    const calls: unknown[] = [];
    const job = new Job();
    const onFailure = ({ outcome }: RunRecord) => void calls.push(outcome);
    const { belfry } = await world.start({ tasks: [heldTask(job, { timeout: "1s", onFailure })], stopGraceMs: 1_000 });
    await belfry.task("job").run();
    await world.time.advance(5_000);
    expect(calls).toEqual(["E_TIMEOUT"]);
    job.last.complete();
    await world.time.settle();
    expect(calls).toEqual(["E_TIMEOUT"]);
  });

  test("is called for what is lost, by the node that decided it", async () => {
    const world = new World();
    const calls: unknown[] = [];
    const tasks = (node: string) => [
      heldTask(new Job(), { onLost: "fail", onFailure: ({ outcome }) => void calls.push([node, outcome]) }),
    ];
    const dead = await world.start({ tasks: tasks("dead"), sockets: true });
    const alive = await world.start({ tasks: tasks("alive"), sockets: true });
    const { trackingId } = await dead.belfry.task("job").run();
    await world.time.settle();
    dead.crash();
    await world.time.until(() => world.record(trackingId).status === "errors", 2_000);
    await world.time.settle();
    expect(calls).toEqual([["alive", "E_LOST"]]);
    expect(alive.told.all("run.failed")).toMatchObject([{ trackingId, error: { code: "E_LOST" } }]);
  });

  test("may use the engine, also that of `agnost`", async () => {
    const world = new World();
    const job = new Job();
    const onFailure = async ({ trackingId }: RunRecord) => void (await agnost.task("job").run({ payload: trackingId }));
    const { belfry } = await world.start({ tasks: [task(no, { onFailure }), heldTask(job)] });
    await world.start({ tasks: [task(no)], work: false });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    expect(job.attempts.map(({ run }) => run.payload)).toEqual([trackingId]);
  });
});

describe("a run that nobody has a handler for", () => {
  test("ends E_NO_HANDLER after a day, and the node that ends it says so", async () => {
    const world = new World();
    const old = await world.start({ tasks: [task(() => {}, { name: "old" })], app: "old" });
    const { trackingId } = await old.belfry.task("old").run({ delay: "1s" });
    await old.stop();
    const other = await world.start({ tasks: [task(() => {})] });
    world.time.jump(23 * 3_600_000);
    await world.time.advance(11 * 60_000);
    expect(world.record(trackingId).status).toBe("pending");
    world.time.jump(3_600_000);
    await world.time.advance(11 * 60_000);
    expect(world.record(trackingId)).toMatchObject({
      status: "errors",
      outcome: "E_NO_HANDLER",
      errors: [{ code: "E_NO_HANDLER" }],
    });
    expect(other.told.all("run.failed")).toMatchObject([{ trackingId, task: "old", error: { code: "E_NO_HANDLER" } }]);
  });

  test("waits as long as some node has its task, however busy that is", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)], concurrency: 1 });
    await world.start({ tasks: [task(() => {})], app: "other" });
    await node.belfry.task("job").run();
    const { trackingId } = await node.belfry.task("job").run();
    world.time.jump(48 * 3_600_000);
    await world.time.advance(11 * 60_000);
    expect(world.record(trackingId).status).toBe("pending");
    job.last.complete();
    await world.time.settle();
    job.last.complete();
    await world.time.settle();
    expect(world.record(trackingId).status).toBe("completed");
  });
});
