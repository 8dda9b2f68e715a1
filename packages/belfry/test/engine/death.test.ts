import { describe, expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { answerLost } from "./support/link.ts";
import { World } from "./support/world.ts";

describe("the runs of a node that died", () => {
  test("start again at once where its death is proved, under a higher token and the same key", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)], sockets: true });
    await world.start({ tasks: [heldTask(second)], sockets: true });
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) ids.push((await one.belfry.task("job").run({ payload: n })).trackingId);
    await world.time.advance(3_000);
    one.crash();
    await world.time.until(() => second.attempts.length === 10, 1_500);
    for (const [index, { run }] of second.attempts.entries()) {
      const before = first.at(index).run;
      expect(run).toMatchObject({
        trackingId: before.trackingId,
        key: before.key,
        attempt: 2,
        payload: before.payload,
      });
      expect(run.fencingToken).toBeGreaterThan(Math.max(...first.attempts.map((attempt) => attempt.run.fencingToken)));
    }
    for (const { complete } of second.attempts) complete();
    await world.time.settle();
    for (const id of ids) {
      expect(world.record(id)).toMatchObject({ status: "completed" });
      expect(world.record(id).attempts.map(({ outcome, node }) => [outcome, node])).toEqual([
        ["lost", "node-1"],
        ["completed", "node-2"],
      ]);
    }
  });

  test("start again within 2 s of a new process, where nobody was there to notice", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)], sockets: true });
    await one.belfry.task("job").run();
    await world.time.settle();
    one.crash();
    await world.time.advance(60_000);
    await world.start({ tasks: [heldTask(second)], sockets: true });
    await world.time.until(() => second.attempts.length === 1, 2_000);
    second.last.complete();
  });

  test("start again within two leases where nothing proves its death", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)] });
    await world.start({ tasks: [heldTask(second)] });
    await one.belfry.task("job").run();
    await world.time.advance(3_000);
    one.crash();
    await world.time.until(() => second.attempts.length === 1, 20_000);
    second.last.complete();
  });

  test("start again within two leases of a new process's readiness, where nothing proves its death", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)] });
    await one.belfry.task("job").run();
    await world.time.settle();
    one.crash();
    await world.time.advance(3_600_000);
    await world.start({ tasks: [heldTask(second)] });
    await world.time.until(() => second.attempts.length === 1, 20_000);
    second.last.complete();
  });

  test("start again though the answer to the reaping is lost", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)], sockets: true });
    const two = await world.start({ tasks: [heldTask(second)], sockets: true });
    await one.belfry.task("job").run();
    await world.time.settle();
    two.link.plan("nodes.reap", answerLost);
    one.crash();
    await world.time.until(() => second.attempts.length === 1, 20_000);
    second.last.complete();
  });

  test("spend no retry, and are told from attempts that failed", async () => {
    const world = new World();
    const jobs = [new Job(), new Job(), new Job()];
    const nodes = [];
    for (const job of jobs)
      nodes.push(await world.start({ tasks: [heldTask(job, { retries: 1, backoff: "1s" })], sockets: true }));
    const all = () => jobs.flatMap(({ attempts }) => attempts);
    const { trackingId } = await (nodes[0] as (typeof nodes)[number]).belfry.task("job").run();
    await world.time.settle();
    nodes[0]?.crash();
    await world.time.until(() => all().length === 2, 3_000);
    all()[1]?.fail(new Error("failed once"));
    await world.time.until(() => all().length === 3, 5_000);
    all()[2]?.complete();
    await world.time.settle();
    expect(world.record(trackingId).attempts.map(({ outcome }) => outcome)).toEqual(["lost", "E_HANDLER", "completed"]);
  });

  test("end E_LOST with the third loss", async () => {
    const world = new World();
    const job = new Job();
    let id = "";
    for (let n = 1; n <= 3; n++) {
      const node = await world.start({ tasks: [heldTask(job, { retries: 5 })], sockets: true });
      if (n === 1) id = (await node.belfry.task("job").run()).trackingId;
      await world.time.until(() => job.attempts.length === n, 2_000);
      node.crash();
    }
    const last = await world.start({ tasks: [heldTask(job)], sockets: true });
    await world.time.until(() => world.record(id).status === "errors", 2_000);
    const record = world.record(id);
    expect(record).toMatchObject({ outcome: "E_LOST", completedAt: world.time.iso });
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(["lost", "lost", "lost"]);
    expect(record.errors?.map(({ code }) => code)).toEqual(["E_LOST", "E_LOST", "E_LOST"]);
    await world.time.advance(10_000);
    expect(job.attempts).toHaveLength(3);
    expect(last.told.lines).toEqual(["run.failed 0"]);
  });

  test("end with the first loss where onLost is fail", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const rules = { onLost: "fail" as const, retries: 5 };
    const one = await world.start({ tasks: [heldTask(first, rules)], sockets: true });
    await world.start({ tasks: [heldTask(second, rules)], sockets: true });
    const running = await one.belfry.task("job").run();
    const waiting = await one.belfry.task("job").run({ delay: "10s" });
    await world.time.settle();
    one.crash();
    await world.time.until(() => second.attempts.length === 1, 15_000);
    expect(world.record(running.trackingId)).toMatchObject({ status: "errors", outcome: "E_LOST" });
    expect(second.last.run.trackingId).toBe(waiting.trackingId);
    second.last.complete();
  });

  test("are freed by one of the others only", async () => {
    const world = new World();
    const jobs = [new Job(), new Job(), new Job(), new Job()];
    const nodes = [];
    for (const job of jobs) nodes.push(await world.start({ tasks: [heldTask(job)], sockets: true }));
    const { trackingId } = await (nodes[0] as (typeof nodes)[number]).belfry.task("job").run();
    await world.time.settle();
    nodes[0]?.crash();
    await world.time.advance(10_000);
    const attempts = jobs.slice(1).flatMap((job) => job.attempts);
    expect(attempts).toHaveLength(1);
    expect(world.record(trackingId).attempts).toHaveLength(2);
    attempts[0]?.complete();
  });

  test("start again elsewhere where the last node that could prove it died too", async () => {
    const world = new World();
    const jobs = [new Job(), new Job(), new Job()];
    const nodes = [];
    for (const job of jobs) nodes.push(await world.start({ tasks: [heldTask(job)], sockets: true }));
    await (nodes[0] as (typeof nodes)[number]).belfry.task("job").run();
    await world.time.settle();
    nodes[0]?.crash();
    nodes[1]?.crash();
    await world.time.until(() => jobs[2]?.attempts.length === 1, 2_000);
    expect(world.state.nodes.size).toBe(1);
    jobs[2]?.last.complete();
  });
});

describe("an idle node", () => {
  test("is not taken for dead, however long it is idle", async () => {
    const world = new World();
    const [first, second] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(first)] });
    await world.start({ tasks: [heldTask(second)] });
    const before = [...world.state.nodes.keys()];
    await world.time.advance(3 * 3_600_000);
    expect([...world.state.nodes.keys()]).toEqual(before);
    await one.belfry.task("job").run();
    await world.time.settle();
    expect(first.attempts).toHaveLength(1);
    first.last.complete();
  });

  test("that died without proof is forgotten after an hour or two", async () => {
    const world = new World();
    const one = await world.start({ tasks: [heldTask(new Job())] });
    await world.start({ tasks: [heldTask(new Job())] });
    one.crash();
    await world.time.advance(2 * 3_600_000);
    expect(world.state.nodes.size).toBe(1);
  });
});
