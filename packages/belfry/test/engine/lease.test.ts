import { describe, expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { answerLost, held, refused } from "./support/link.ts";
import { type TestNode, World } from "./support/world.ts";

interface Pair {
  readonly world: World;
  readonly one: TestNode;
  readonly two: TestNode;
  /** The attempts on each. */
  readonly first: Job;
  readonly second: Job;
}

type Rules = NonNullable<Parameters<typeof heldTask>[1]>;

/** Two nodes with the same task; the first runs one run of it. */
async function pair(rules: Rules = {}, settings: { leaseMs?: number } = {}): Promise<Pair & { id: string }> {
  const world = new World();
  const [first, second] = [new Job(), new Job()];
  const one = await world.start({ tasks: [heldTask(first, rules)], ...settings });
  const two = await world.start({ tasks: [heldTask(second, rules)], ...settings });
  const { trackingId } = await one.belfry.task("job").run();
  await world.time.advance(5_000);
  expect(first.attempts).toHaveLength(1);
  return { world, one, two, first, second, id: trackingId };
}

/** Nothing was taken from the first node: its attempt goes on and completes. */
async function expectHealthy({ world, first, second, id }: Pair & { id: string }): Promise<void> {
  await world.time.advance(60_000);
  expect([first.attempts.length, second.attempts.length]).toEqual([1, 0]);
  expect(first.last.run.signal.aborted).toBe(false);
  first.last.complete("healthy");
  await world.time.settle();
  expect(world.record(id)).toMatchObject({ status: "completed", result: "healthy" });
  expect(world.record(id).attempts).toHaveLength(1);
}

describe("no healthy run is killed", () => {
  test("while its node's loop is blocked for 15 s", async () => {
    const scene = await pair();
    scene.one.clock.frozen = true;
    await scene.world.time.advance(15_000);
    scene.one.clock.frozen = false;
    await expectHealthy(scene);
  });

  test.each([0, 250, 500, 750, 999])("while its node's loop is blocked for 15 s, %d ms after a renewal", async (ms) => {
    const scene = await pair();
    await scene.world.time.advance(ms);
    scene.one.clock.frozen = true;
    await scene.world.time.advance(15_000);
    scene.one.clock.frozen = false;
    await expectHealthy(scene);
  });

  test.each([
    ["for its own node", (scene: Pair) => [scene.one]],
    ["for the other", (scene: Pair) => [scene.two]],
    ["for both", (scene: Pair) => [scene.one, scene.two]],
  ])("while the store is away for 15 s %s", async (_, which) => {
    const scene = await pair();
    for (const { link } of which(scene)) link.away = true;
    await scene.world.time.advance(15_000);
    for (const { link } of which(scene)) link.away = false;
    await expectHealthy(scene);
  });

  test("while the store does not answer for 15 s", async () => {
    const scene = await pair();
    const calls = ["nodes.renew", "nodes.renew", "nodes.renew"].map((verb) => {
      const call = held();
      scene.one.link.plan(verb, call.fate);
      return call;
    });
    await scene.world.time.advance(15_000);
    for (const call of calls) {
      call.go();
      call.answer();
    }
    await expectHealthy(scene);
  });

  test("while the other node's loop is blocked, however long", async () => {
    const scene = await pair();
    scene.two.clock.frozen = true;
    await scene.world.time.advance(45_000);
    scene.two.clock.frozen = false;
    await expectHealthy(scene);
  });

  test("while the whole machine stands still, and the other node wakes up first", async () => {
    const scene = await pair();
    scene.one.clock.frozen = true;
    await scene.world.time.advance(2_000);
    scene.two.clock.frozen = true;
    await scene.world.time.advance(60_000);
    scene.two.clock.frozen = false;
    await scene.world.time.advance(900);
    scene.one.clock.frozen = false;
    await expectHealthy(scene);
  });

  test("while the wall clock jumps, forward or back", async () => {
    for (const ms of [3_600_000, -3_600_000, 20_000, -20_000]) {
      const scene = await pair();
      scene.world.time.jump(ms);
      await expectHealthy(scene);
    }
  });

  test("where it is the second that the node holds, after an idle while", async () => {
    const scene = await pair();
    scene.first.last.complete();
    for (const idleMs of [100, 900, 1_100, 20_000, 700_000]) {
      await scene.world.time.advance(idleMs);
      const { trackingId } = await scene.one.belfry.task("job").run();
      await scene.world.time.advance(90_000);
      expect(world(scene, trackingId)).toMatchObject({ status: "processing" });
      expect(world(scene, trackingId).attempts).toHaveLength(1);
      expect(scene.first.last.run.signal.aborted).toBe(false);
      scene.first.last.complete();
      await scene.world.time.settle();
    }
    expect(scene.second.attempts).toEqual([]);
  });

  test("with a lease of a second, or of ten minutes", async () => {
    for (const leaseMs of [1_000, 600_000]) {
      const scene = await pair({}, { leaseMs });
      scene.one.clock.frozen = true;
      await scene.world.time.advance(leaseMs * 1.4);
      scene.one.clock.frozen = false;
      await expectHealthy(scene);
    }
  });

  test("where a renewal's answer is lost, or it is refused now and then", async () => {
    const scene = await pair();
    for (let n = 0; n < 20; n++) {
      scene.one.link.plan("nodes.renew", answerLost, refused, refused);
      await scene.world.time.advance(3_000);
    }
    await expectHealthy(scene);
  });
});

function world({ world }: Pair, id: string) {
  return world.record(id);
}

describe("a node that is frozen for three leases", () => {
  test("loses its runs to the other within two; nothing it writes then counts, its handlers see it, and it goes on under a new epoch", async () => {
    const scene = await pair({ retries: 0, schedule: "*/5 * * * *", overlap: "allow" });
    const { one, first, second, id } = scene;
    const epochs = () => [...scene.world.state.nodes.keys()];
    const before = epochs();
    one.clock.frozen = true;
    await scene.world.time.until(() => second.attempts.length === 1, 20_000);
    expect(second.last.run).toMatchObject({ trackingId: id, attempt: 2 });
    await scene.world.time.advance(12_000);
    second.last.run.progress(0.75);
    second.last.complete("by the second");
    await scene.world.time.advance(1_000);
    const ended = scene.world.record(id);
    expect(ended).toMatchObject({ status: "completed", result: "by the second", progress: { value: 0.75 } });

    first.last.run.log("from the first");
    first.last.run.progress(0.1);
    first.last.complete("by the first");
    one.clock.frozen = false;
    await scene.world.time.advance(3_000);
    expect(scene.world.record(id)).toEqual(ended);
    expect((await one.belfry.runs.logs(id)).items).toEqual([]);
    expect(one.told.lines).toEqual(["run.started 1"]);
    expect(ended.attempts.map(({ outcome }) => outcome)).toEqual(["lost", "completed"]);

    const again = await one.belfry.task("job").run();
    await scene.world.time.advance(2_000);
    expect(epochs()).toHaveLength(2);
    expect(epochs()).not.toEqual(before);
    for (const { complete } of [...first.attempts.slice(1), ...second.attempts.slice(1)]) complete();
    await scene.world.time.advance(2_000);
    expect(scene.world.record(again.trackingId).status).toBe("completed");
  });

  test("tells its handlers, which still run, to stop; what they then return changes nothing", async () => {
    const scene = await pair({ retries: 0 });
    const { one, first, second, id } = scene;
    one.clock.frozen = true;
    await scene.world.time.advance(30_000);
    expect(second.attempts).toHaveLength(1);
    one.clock.frozen = false;
    await scene.world.time.advance(1_000);
    expect(first.last.run.signal.reason).toMatchObject({ code: "E_LOST" });
    first.last.complete("late");
    await scene.world.time.advance(1_000);
    expect(scene.world.record(id)).toMatchObject({ status: "processing" });
    second.last.complete("right");
    await scene.world.time.settle();
    expect(scene.world.record(id)).toMatchObject({ status: "completed", result: "right" });
  });

  test("decides no instant under its old lease", async () => {
    const scene = await pair({ schedule: { every: "7s", anchor: new Date("2026-01-05T12:00:00Z") }, overlap: "allow" });
    scene.one.clock.frozen = true;
    await scene.world.time.advance(30_000);
    scene.one.clock.frozen = false;
    await scene.world.time.advance(30_000);
    const { items } = await scene.two.belfry.schedules.firings("job");
    const fired = items.map(({ instant }) => instant);
    expect(items.every(({ decision }) => decision === "fired")).toBe(true);
    expect(new Set(fired).size).toBe(fired.length);
    expect(fired.length).toBe(9);
  });

  test("that is idle goes on under a new epoch as soon as there is something to claim", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)] });
    await world.time.advance(5_000);
    const [before] = world.state.nodes.keys();
    world.state.nodes.clear();
    await node.belfry.task("job").run();
    await world.time.until(() => job.attempts.length === 1, 2_000);
    expect([...world.state.nodes.keys()]).not.toEqual([before]);
    job.last.complete();
  });

  test("alone goes on: nobody took its lease, so its runs are still its own", async () => {
    const world = new World();
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.advance(5_000);
    node.clock.frozen = true;
    await world.time.advance(120_000);
    node.clock.frozen = false;
    await world.time.advance(5_000);
    expect(job.last.run.signal.aborted).toBe(false);
    job.last.complete("still mine");
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ result: "still mine" });
  });
});

describe("a node whose store stays away", () => {
  test("tells its handlers to stop before another node may take over", async () => {
    const scene = await pair();
    const { one, first, second } = scene;
    one.link.away = true;
    await scene.world.time.until(() => first.last.run.signal.aborted || second.attempts.length > 0, 30_000);
    expect([first.last.run.signal.aborted, second.attempts.length]).toEqual([true, 0]);
    await scene.world.time.until(() => second.attempts.length > 0, 5_000);
    first.last.complete();
    second.last.complete("taken over");
    one.link.away = false;
    await scene.world.time.advance(3_000);
    expect(scene.world.record(scene.id)).toMatchObject({ status: "completed", result: "taken over" });
  });

  test("says so once in a while, not without end", async () => {
    const scene = await pair();
    scene.one.link.away = true;
    await scene.world.time.advance(100_000);
    expect(scene.one.said.lines.filter((line) => !line.startsWith("debug")).length).toBeLessThan(10);
    scene.one.link.away = false;
    for (const { complete } of [...scene.first.attempts, ...scene.second.attempts]) complete();
  });
});
