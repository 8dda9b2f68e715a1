import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, callLost, held } from "./support/link.ts";
import { type TestNode, World } from "./support/world.ts";

const total = 3;

/** How many more runs this node starts now: its free slots. Their handlers are ended again. */
async function countFree(world: World, node: TestNode, counter: Job): Promise<number> {
  const before = counter.attempts.length;
  const triggers = Array.from({ length: total + 3 }, () => node.belfry.task("counter").run());
  const ids = (await world.time.during(Promise.all(triggers))).map(({ trackingId }) => trackingId);
  await world.time.advance(2_000);
  const free = counter.attempts.length - before;
  for (let done = before; done < before + ids.length; done++) {
    await world.time.until(() => counter.attempts.length > done, 5_000);
    counter.at(done).complete();
  }
  await world.time.settle();
  return free;
}

interface Scene {
  readonly world: World;
  readonly node: TestNode;
  readonly job: Job;
  readonly id: string;
}

type Ending = (scene: Scene) => Promise<void>;

/** Each brings one run from its start to its end. */
const endings: [string, Ending, Partial<Parameters<typeof heldTask>[1]>?][] = [
  ["a handler that returns", async ({ job }) => job.last.complete()],
  ["a result that cannot be stored", async ({ job }) => job.last.complete(1n)],
  ["a handler that throws", async ({ job }) => job.last.fail(new Error("no"))],
  [
    "a last retry",
    async ({ world, job }) => {
      job.last.fail(new Error("one"));
      await world.time.until(() => job.attempts.length === 2);
      job.last.fail(new Error("two"));
    },
    { retries: 1 },
  ],
  [
    "a timeout",
    async ({ world, job }) => {
      await world.time.advance(5_000);
      job.last.complete();
    },
    { timeout: "5s" },
  ],
  [
    "a handler that is abandoned and then settles",
    async ({ world, node, job, id }) => {
      await node.belfry.runs.cancel(id);
      await world.time.advance(31_000);
      expect(world.record(id).status).toBe("errors");
      job.last.complete();
    },
  ],
  [
    "a cancel",
    async ({ node, job, id }) => {
      await node.belfry.runs.cancel(id);
      job.last.fail(new Error("stopped"));
    },
  ],
  [
    "a lost finish",
    async ({ node, job }) => {
      node.link.plan("runs.finish", callLost, answerLost);
      job.last.complete();
    },
  ],
  [
    "a lease that was taken over",
    async ({ world, node, job }) => {
      world.state.nodes.clear();
      await world.time.until(() => node.said.lines.some((line) => line.includes("taken over")), 20_000);
      job.last.complete();
      const [run] = world.state.runs.values();
      if (run) world.state.runs.delete(run.id);
    },
  ],
  [
    "a retryOn that throws",
    async ({ job }) => job.last.fail(new Error("no")),
    {
      retries: 1,
      retryOn: () => {
        throw new Error("broken");
      },
    },
  ],
];

describe("a node's slots", () => {
  test.each(endings)("are all free again after %s", async (_, end, rules = {}) => {
    const world = new World();
    const [job, counter] = [new Job(), new Job()];
    const tasks = [heldTask(job, rules), heldTask(counter, { name: "counter" })];
    const node = await world.start({ tasks, concurrency: total });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    expect(job.attempts).toHaveLength(1);
    await end({ world, node, job, id: trackingId });
    await world.time.advance(3_000);
    expect(await countFree(world, node, counter)).toBe(total);
  });

  const losses: [string, string, typeof callLost][] = [
    ["an insert whose answer is lost", "runs.insert", answerLost],
    ["an insert that is lost", "runs.insert", callLost],
    ["a claim whose answer is lost", "runs.claim", answerLost],
    ["a claim that is lost", "runs.claim", callLost],
  ];

  test.each(losses)("are all free again after %s", async (_, verb, fate) => {
    const world = new World();
    const [job, counter] = [new Job(), new Job()];
    const tasks = [heldTask(job), heldTask(counter, { name: "counter" })];
    const node = await world.start({ tasks, concurrency: total });
    const delay = verb === "runs.claim" ? "2s" : "0ms";
    node.link.plan(verb, fate);
    const { trackingId } = await world.time.during(node.belfry.task("job").run({ delay }));
    await world.time.until(() => job.attempts.length === 1, 20_000);
    job.last.complete();
    await world.time.advance(1_000);
    expect(world.record(trackingId).status).toBe("completed");
    await world.time.advance(70_000);
    expect(await countFree(world, node, counter)).toBe(total);
    expect(job.attempts).toHaveLength(1);
  });

  test("stay taken by an abandoned handler until it settles", async () => {
    const world = new World();
    const [job, counter] = [new Job(), new Job()];
    const tasks = [heldTask(job), heldTask(counter, { name: "counter" })];
    const node = await world.start({ tasks, concurrency: total });
    const { trackingId } = await node.belfry.task("job").run();
    await world.time.settle();
    await node.belfry.runs.cancel(trackingId);
    await world.time.advance(31_000);
    expect(await countFree(world, node, counter)).toBe(total - 1);
    job.last.fail(new Error("at last"));
    await world.time.settle();
    expect(await countFree(world, node, counter)).toBe(total);
  });

  test("are not more because a refused insert gave some back", async () => {
    const world = new World();
    const counter = new Job();
    const tasks = [heldTask(counter, { name: "counter" }), task(() => {}, { enabled: false })];
    const node = await world.start({ tasks, concurrency: total });
    for (let n = 0; n < 5; n++) {
      await expect(node.belfry.task("task").run()).rejects.toMatchObject({ code: "E_TASK_DISABLED" });
    }
    expect(await countFree(world, node, counter)).toBe(total);
  });

  test("that a refused trigger held for a while go to what became ready meanwhile", async () => {
    const world = new World();
    const job = new Job();
    const tasks = [heldTask(job), task(() => {}, { enabled: false })];
    const node = await world.start({ tasks, concurrency: 1 });
    await node.belfry.task("job").run({ delay: "5s" });
    const insert = held();
    node.link.plan("runs.insert", insert.fate);
    const refused = expect(node.belfry.task("task").run()).rejects.toMatchObject({ code: "E_TASK_DISABLED" });
    await world.time.advance(20_000);
    expect(job.attempts).toHaveLength(0);
    insert.go();
    insert.answer();
    await refused;
    await world.time.settle();
    expect(job.attempts).toHaveLength(1);
  });

  test("are taken while a claim is under way: what is triggered meanwhile does not exceed them", async () => {
    const world = new World();
    const counter = new Job();
    const node = await world.start({ tasks: [heldTask(counter, { name: "counter" })], concurrency: total });
    const insert = held();
    node.link.plan("runs.insert", insert.fate);
    const triggers = Array.from({ length: 3 }, () => node.belfry.task("counter").run());
    await world.time.settle();
    const more = Array.from({ length: 3 }, () => node.belfry.task("counter").run());
    await world.time.settle();
    insert.go();
    insert.answer();
    await Promise.all([...triggers, ...more]);
    await world.time.advance(5_000);
    expect(counter.attempts).toHaveLength(total);
  });
});
