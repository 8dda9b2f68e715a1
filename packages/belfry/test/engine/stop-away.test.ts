import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, held } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("stop()", () => {
  test("ends while the store is away, and leaves no timer behind, though handlers run and ends are not written", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 10_000, sockets: true });
    await node.belfry.task("job").run();
    await node.belfry.task("job").run();
    await world.time.settle();
    node.link.away = true;
    job.at(0).complete();
    const before = world.time.monoMs;
    await node.stop();
    expect(world.time.monoMs - before).toBeLessThanOrEqual(20_000);
    expect(world.time.pending(node.clock)).toBe(0);
    job.at(1).run.log("to nobody");
    job.at(1).run.progress(1);
    job.at(1).complete();
    await world.time.settle();
    expect(world.time.pending(node.clock)).toBe(0);
    expect([node.link.isOpen, world.sockets.size]).toEqual([false, 0]);
  });

  test("ends within the grace while the store is away, where nothing runs", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 10_000 });
    await node.belfry.task("job").run();
    await world.time.settle();
    node.link.away = true;
    job.last.complete();
    const before = world.time.monoMs;
    await node.stop();
    expect(world.time.monoMs - before).toBeLessThanOrEqual(10_000);
  });

  test("ends in the very moment in which the lease's last renewal is tried, and arms nothing anew", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)], stopGraceMs: 16_700 });
    await node.belfry.task("job").run();
    for (const verb of ["runs.finish", "nodes.renew"]) {
      node.link.plan(verb, ...Array.from({ length: 99 }, () => held().fate));
    }
    job.last.complete();
    await node.stop();
    await world.time.advance(1_000);
    expect(world.time.pending(node.clock)).toBe(0);
  });

  test("ends while calls to the store hang", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: { every: "1s" } })], stopGraceMs: 10_000 });
    for (const verb of ["ledger.fire", "nodes.renew", "runs.claim", "nodes.list", "nodes.leave", "runs.finish"]) {
      node.link.plan(verb, ...Array.from({ length: 9 }, () => held().fate));
    }
    await world.time.advance(5_000);
    const before = world.time.monoMs;
    await node.stop();
    expect(world.time.monoMs - before).toBeLessThanOrEqual(20_000);
    expect(world.time.pending(node.clock)).toBe(0);
  });

  test("is not held up by an onFailure that never ends", async () => {
    const world = new World();
    const node = await world.start({
      tasks: [task(() => Promise.reject(new Error("no")), { onFailure: () => new Promise(() => {}) })],
    });
    await node.belfry.task("task").run();
    await world.time.settle();
    await node.stop();
    expect(world.state.nodes.size).toBe(0);
  });

  test("is not held up by the trigger whose outcome nobody knows; its caller is told with the id", async () => {
    const world = new World();
    const node = await world.start({ tasks: [heldTask(new Job())] });
    node.link.plan("runs.insert", ...Array.from({ length: 9 }, () => answerLost));
    const triggered = node.belfry.task("job").run();
    const told = expect(triggered).rejects.toMatchObject({
      code: "E_OUTCOME_UNKNOWN",
      fields: { trackingId: expect.stringMatching(/^[0-9a-f]{24}$/) },
    });
    await world.time.settle();
    await node.stop();
    await world.time.during(told);
    await world.time.advance(1_000);
  });
});
