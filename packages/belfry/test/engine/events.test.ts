import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

describe("events", () => {
  test("come in the order in which things happened, once they are durable", async () => {
    const world = new World();
    const states: unknown[] = [];
    const node = world.node({
      tasks: [task(({ attempt }) => (attempt === 1 ? Promise.reject(new Error("no")) : "ok"), { retries: 1 })],
    });
    for (const name of ["run.retrying", "run.completed"] as const) {
      node.belfry.on(name, ({ trackingId }) =>
        states.push([name, world.record(trackingId).status, world.record(trackingId).attempts.length]),
      );
    }
    await node.belfry.start();
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "completed");
    expect(node.told.lines).toEqual(["run.started 1", "run.retrying 1", "run.started 2", "run.completed 2"]);
    expect(states).toEqual([
      ["run.retrying", "processing", 1],
      ["run.completed", "completed", 2],
    ]);
  });

  test("give error trackers what was thrown, and everybody why", async () => {
    const world = new World();
    const thrown = new RangeError("no");
    const { belfry, told } = await world.start({ tasks: [task(() => Promise.reject(thrown), { retries: 1 })] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors");
    const error = { code: "E_HANDLER", name: "RangeError", message: "no" };
    const of = { trackingId, task: "task" };
    expect(told.all("run.retrying")).toEqual([{ ...of, attempt: 1, error, delayMs: 1_000, cause: thrown }]);
    expect(told.all("run.failed")).toEqual([{ ...of, attempt: 2, error, cause: thrown }]);
    expect(told.all("run.failed")[0]?.cause).toBe(thrown);
  });

  test("of a firing name its instant; a skipped one its reason", async () => {
    const world = new World("2026-01-05T12:00:30.000Z");
    const job = new Job();
    const { told } = await world.start({ tasks: [heldTask(job, { schedule: "* * * * *" })] });
    await world.time.advance(90_000);
    expect(told.all("run.started")).toMatchObject([
      { task: "job", attempt: 1, scheduledFor: "2026-01-05T12:01:00.000Z" },
    ]);
    expect(told.all("firing.skipped")).toEqual([
      { task: "job", schedule: "default", upTo: "2026-01-05T12:02:00.000Z", reason: "overlap" },
    ]);
  });

  test("a listener that throws, or rejects, hinders nobody and is logged", async () => {
    const world = new World();
    const node = world.node({
      tasks: [task(() => {}), task(() => Promise.reject(new Error("no")), { name: "fails" })],
      concurrency: 1,
    });
    const heard: string[] = [];
    const broken = [new Error("a listener is broken"), Object.create(null), undefined];
    for (const name of ["run.started", "run.completed", "run.failed"] as const) {
      for (const thrown of broken) {
        node.belfry.on(name, () => {
          throw thrown;
        });
        node.belfry.on(name, () => Promise.reject(thrown));
      }
      node.belfry.on(name, () => void heard.push(name));
    }
    await node.belfry.start();
    const ids = [];
    for (const name of ["task", "fails"]) {
      ids.push((await node.belfry.task(name).run()).trackingId);
      await world.time.settle();
    }
    expect(ids.map((id) => world.record(id).status)).toEqual(["completed", "errors"]);
    expect(heard).toEqual(["run.started", "run.completed", "run.started", "run.failed"]);
    expect(node.said.errors).toHaveLength(4 * 2 * broken.length);
  });

  test("stop for a listener that was taken off, also from within itself", async () => {
    const world = new World();
    const node = await world.start({ tasks: [task(() => {})] });
    const heard: string[] = [];
    const off = node.belfry.on("run.started", () => void heard.push("always"));
    const offOnce = node.belfry.on("run.started", () => {
      heard.push("once");
      offOnce();
    });
    await node.belfry.task("task").run();
    await node.belfry.task("task").run();
    off();
    off();
    await node.belfry.task("task").run();
    await world.time.settle();
    expect(heard).toEqual(["always", "once", "always"]);
  });

  test("are of this node only", async () => {
    const world = new World();
    const job = new Job();
    const runner = await world.start({ tasks: [heldTask(job)] });
    const reader = await world.start({ work: false });
    await reader.belfry.task("job").run();
    await world.time.advance(1_500);
    job.last.complete();
    await world.time.settle();
    expect([runner.told.lines, reader.told.lines]).toEqual([["run.started 1", "run.completed 1"], []]);
  });
});

describe("a logger that throws", () => {
  test("changes nothing", async () => {
    const world = new World();
    const say = () => {
      throw new Error("the disk of the logs is full");
    };
    const rules = {
      retries: 1,
      retryOn: () => say(),
      onFailure: () => say(),
    };
    const logger = { debug: say, info: say, warn: say, error: say };
    const node = await world.start({ tasks: [task(() => Promise.reject(new Error("no")), rules)], logger });
    node.belfry.on("run.started", say);
    node.link.away = true;
    await world.time.advance(5_000);
    node.link.away = false;
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.advance(1_000);
    expect(world.record(trackingId).status).toBe("errors");
    const again = await node.belfry.task("task").run({ delay: "1s" });
    await world.time.advance(2_000);
    expect(world.record(again.trackingId).status).toBe("errors");
  });
});
