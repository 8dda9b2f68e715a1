import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/task/definition.ts";
import { heldTask, Job, task } from "./support/jobs.ts";
import { type Fate, passed } from "./support/link.ts";
import { type TestNode, World } from "./support/world.ts";

const quarter = "*/15 * * * *";

async function ledger({ belfry }: TestNode): Promise<string[]> {
  const { items } = await belfry.schedules.firings("job", "default", { limit: 1_000 });
  const clock = (iso: string) => iso.slice(11, 19);
  return items.map(({ instant, upTo, decision }) => `${clock(instant)}${upTo ? `-${clock(upTo)}` : ""} ${decision}`);
}

function instants(job: Job): (string | undefined)[] {
  return job.attempts.map(({ run }) => run.scheduledFor?.toISOString().slice(11, 19));
}

type Rules = NonNullable<Parameters<typeof heldTask>[1]>;

/** Starts a node with this task in place of one that is stopped. */
async function redeploy(world: World, before: TestNode | undefined, job: Job, rules: Rules): Promise<TestNode> {
  await before?.stop();
  return world.start({ tasks: [heldTask(job, rules)], stopGraceMs: 0 });
}

describe("a deploy", () => {
  test("gives a task its id once; a rename of nothing keeps it over restarts, nodes and removals", async () => {
    const world = new World();
    const ids: string[] = [];
    for (const tasks of [[task(() => {})], [task(() => {}, { priority: 3 })], [], [task(() => {})]]) {
      const node = await world.start({ tasks });
      if (tasks.length > 0) ids.push((await node.belfry.task("task").run()).cronJobId);
      await world.time.settle();
      await node.stop();
    }
    expect(new Set(ids).size).toBe(1);
  });

  test("between two pages of schedules: the second page goes on behind the first", async () => {
    const world = new World();
    const named = (name: string) => task(() => {}, { name, schedule: quarter });
    const before = await world.start({ tasks: ["a", "b", "c", "d"].map(named) });
    const first = await before.belfry.schedules.list({ limit: 2 });
    expect(first.items.map((one) => one.task)).toEqual(["a", "b"]);
    await before.stop();
    const { belfry } = await world.start({ tasks: ["b", "c", "d"].map(named) });
    const second = await belfry.schedules.list({ limit: 2, cursor: first.cursor });
    expect(second.items.map((one) => one.task)).toEqual(["c", "d"]);
    expect(second.cursor).toBeUndefined();
  });

  test("of the same set is not applied again, and moves no schedule", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const rules = { schedule: quarter, overlap: "allow" as const };
    let node = await redeploy(world, undefined, job, rules);
    await world.time.advance(15 * 60_000);
    node = await redeploy(world, node, job, rules);
    expect(node.link.count("tasks.apply")).toBe(0);
    await world.time.advance(15 * 60_000);
    expect(await ledger(node)).toEqual(["12:15:00 fired", "12:30:00 fired"]);
    for (const { complete } of job.attempts) complete();
  });

  test("in another order of tasks changes nothing that is kept", async () => {
    const world = new World("2026-01-05T12:14:50.000Z");
    const jobs = [new Job(), new Job()];
    const tasks = jobs.map((job, index) =>
      heldTask(job, { name: `job ${index}`, schedule: quarter, overlap: "allow" }),
    );
    const node = await world.start({ tasks });
    await node.stop();
    await world.time.advance(5_000);
    await world.start({ tasks: tasks.toReversed() });
    await world.time.advance(5_000);
    expect(jobs.map(instants)).toEqual([["12:15:00"], ["12:15:00"]]);
    for (const job of jobs) job.last.complete();
  });

  test("that adds a schedule: it has no instants before its start", async () => {
    const world = new World("2026-01-05T12:15:01.000Z");
    const job = new Job();
    let node = await redeploy(world, undefined, job, {});
    node = await redeploy(world, node, job, { schedule: quarter });
    await world.time.advance(10_000);
    expect(instants(job)).toEqual([]);
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual(["12:30:00"]);
    expect(await ledger(node)).toEqual(["12:30:00 fired"]);
    job.last.complete();
  });

  test("that changes a schedule: what was due of the old one is settled by its own rules, then the new one holds", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const before = await redeploy(world, undefined, job, { schedule: quarter });
    await before.stop();
    await world.time.advance(40 * 60_000);
    const node = await redeploy(world, undefined, job, { schedule: "50 * * * *" });
    expect(instants(job)).toEqual(["12:30:00"]);
    job.last.complete();
    await world.time.advance(10 * 60_000);
    expect(instants(job)).toEqual(["12:30:00", "12:50:00"]);
    expect(await ledger(node)).toEqual([
      "12:01:00-12:15:00 missed",
      "12:30:00 fired",
      "12:30:00-12:41:00 removed",
      "12:50:00 fired",
    ]);
    job.last.complete();
  });

  test("that removes a schedule and brings it back later: nothing of the time in between fires", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    let node = await redeploy(world, undefined, job, { schedule: quarter });
    await world.time.advance(15 * 60_000);
    job.last.complete();
    await world.time.settle();
    node = await redeploy(world, node, job, {});
    await world.time.advance(60 * 60_000);
    expect(instants(job)).toEqual(["12:15:00"]);
    node = await redeploy(world, node, job, { schedule: quarter });
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "13:30:00"]);
    const chain = await ledger(node);
    expect(chain[0]).toBe("12:15:00 fired");
    expect(chain.at(-1)).toBe("13:30:00 fired");
    expect(chain.slice(1, -1).every((line) => line.endsWith("removed"))).toBe(true);
    job.last.complete();
  });

  test("that removes a task: its schedule ends, it is unknown to triggers, and its waiting runs stay", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const one = await world.start({ tasks: [heldTask(job, { schedule: quarter }), task(() => {})] });
    const { trackingId } = await one.belfry.task("job").run({ delay: "1m" });
    await one.stop();
    const two = await world.start({ tasks: [task(() => {})] });
    await world.time.advance(60 * 60_000);
    await expect(two.belfry.task("job").run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    expect(world.record(trackingId).status).toBe("pending");
    await two.stop();
    await world.start({ tasks: [heldTask(job, { schedule: quarter }), task(() => {})] });
    expect(job.attempts.map(({ run }) => run.trackingId)).toEqual([trackingId]);
    job.last.complete();
  });

  test("reaches a node that is already running: edits win over what it has armed", async () => {
    const world = new World("2026-01-05T12:14:57.000Z");
    const [old, fresh] = [new Job(), new Job()];
    await world.start({ tasks: [heldTask(old, { schedule: quarter })] });
    await world.time.advance(2_990);
    const two = await world.start({ tasks: [heldTask(fresh, { schedule: "16 * * * *" })] });
    await world.time.advance(90_000);
    const all = [...instants(old), ...instants(fresh)];
    expect(all).toEqual(["12:16:00"]);
    expect(await ledger(two)).toEqual(["12:14:57-12:14:59 removed", "12:16:00 fired"]);
    for (const { complete } of [...old.attempts, ...fresh.attempts]) complete();
  });

  test("of a disabled task refuses triggers with E_TASK_DISABLED; its waiting runs still run", async () => {
    const world = new World();
    const job = new Job();
    let node = await redeploy(world, undefined, job, {});
    const { trackingId } = await node.belfry.task("job").run({ delay: "1m" });
    node = await redeploy(world, node, job, { enabled: false });
    await expect(node.belfry.task("job").run()).rejects.toMatchObject({
      code: "E_TASK_DISABLED",
      message: expect.stringContaining('"job"'),
    });
    await world.time.advance(60_000);
    expect(job.attempts.map(({ run }) => run.trackingId)).toEqual([trackingId]);
    job.last.complete();
  });

  test("changes only its own app's; a name of another app is E_TASK_DUPLICATE, and nothing is applied", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const own = await world.start({ tasks: [heldTask(job, { schedule: quarter })], app: "one" });
    await world.start({ tasks: [task(() => {}, { name: "other" })], app: "two" });
    const third = world.node({
      tasks: [task(() => {}, { name: "new" }), task(() => {}, { name: "JOB" })],
      app: "three",
    });
    await expect(third.belfry.start()).rejects.toMatchObject({ code: "E_TASK_DUPLICATE" });
    expect(third.link.isOpen).toBe(false);
    await expect(own.belfry.task("new").run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual(["12:15:00"]);
    job.last.complete();
  });

  test("whose schedule has a payload that its task refuses is E_PAYLOAD, and nothing is applied", async () => {
    const world = new World();
    const validate = (value: unknown) => (value === 1 ? { value } : { issues: [{ message: "must be 1" }] });
    const schema = { "~standard": { version: 1 as const, vendor: "test", validate } };
    const wrong = defineTask({
      name: "wrong",
      payload: schema,
      schedule: { every: "1h", payload: 2 },
      handler: () => {},
    });
    const node = world.node({ tasks: [task(() => {}), wrong] });
    await expect(node.belfry.start()).rejects.toMatchObject({
      code: "E_PAYLOAD",
      message: expect.stringContaining("must be 1"),
    });
    expect([node.link.isOpen, world.state.tasks.size]).toEqual([false, 0]);
  });

  test("by two nodes that start at once is one: no schedule moves, no instant is lost or doubled", async () => {
    const world = new World("2026-01-05T12:14:59.990Z");
    const jobs = [new Job(), new Job(), new Job()];
    const nodes = jobs.map((job) =>
      world.node({ tasks: [heldTask(job, { schedule: { every: "1s" }, overlap: "allow" })] }),
    );
    await world.time.during(Promise.all(nodes.map(({ belfry }) => belfry.start())));
    await world.time.advance(10_000);
    const seen = jobs.flatMap(instants).toSorted();
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => `12:15:${String(index).padStart(2, "0")}`));
    expect(seen.length).toBeGreaterThanOrEqual(10);
    expect(world.state.tasks.size).toBe(1);
    for (const { complete } of jobs.flatMap(({ attempts }) => attempts)) complete();
  });

  test("that finds its schedules moved is computed again", async () => {
    const world = new World("2026-01-05T12:14:59.000Z");
    const [old, fresh] = [new Job(), new Job()];
    await world.start({ tasks: [heldTask(old, { schedule: { every: "1s" }, overlap: "allow" })] });
    const node = world.node({ tasks: [heldTask(fresh, { schedule: { every: "2s" }, overlap: "allow" })] });
    const slow: Fate = async (call) => {
      await world.time.advance(1_000);
      return call();
    };
    node.link.plan("tasks.apply", slow, slow, passed);
    await world.time.during(node.belfry.start());
    expect(node.link.count("tasks.apply")).toBe(3);
    const before = old.attempts.length + fresh.attempts.length;
    expect(world.time.iso.slice(11, 19)).toBe("12:15:01");
    await world.time.advance(6_000);
    const all = [...instants(old), ...instants(fresh)].toSorted();
    expect(all.slice(before)).toEqual(["12:15:02", "12:15:04", "12:15:06"]);
    expect(new Set(all).size).toBe(all.length);
    for (const { complete } of [...old.attempts, ...fresh.attempts]) complete();
  });
});
