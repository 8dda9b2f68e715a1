import { describe, expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const hourMs = 3_600_000;

async function ledger({ belfry }: TestNode): Promise<string[]> {
  const { items } = await belfry.schedules.firings("job", "default", { limit: 1_000 });
  const clock = (iso: string) => iso.slice(5, 16).replace("T", " ");
  return items.map(({ instant, upTo, decision }) => `${clock(instant)}${upTo ? ` - ${clock(upTo)}` : ""} ${decision}`);
}

function instants(job: Job): (string | undefined)[] {
  return job.attempts.map(({ run }) => run.scheduledFor?.toISOString().slice(11, 19));
}

type Rules = NonNullable<Parameters<typeof heldTask>[1]>;

/** A node that ran until 12:01, and was then away for so long. */
async function afterOutage(ms: number, rules: Rules): Promise<{ world: World; job: Job; node: TestNode }> {
  const world = new World("2026-01-05T12:01:00.000Z");
  const job = new Job();
  const before = await world.start({ tasks: [heldTask(job, rules)] });
  await before.stop();
  await world.time.advance(ms);
  const node = await world.start({ tasks: [heldTask(job, rules)] });
  return { world, job, node };
}

describe("after an outage", () => {
  test("catchUp latest runs only the latest of what was missed, and records the others", async () => {
    const { world, job, node } = await afterOutage(5 * hourMs + 20_000, { schedule: "0 * * * *" });
    expect(instants(job)).toEqual(["17:00:00"]);
    expect(world.record(job.last.run.trackingId).latenessMs).toBe(80_000);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 01-05 16:00 missed", "01-05 17:00 fired"]);
    job.last.complete();
    await world.time.advance(hourMs);
    expect(instants(job)).toEqual(["17:00:00", "18:00:00"]);
  });

  test("catchUp latest is the default, and a single missed instant runs too", async () => {
    const { job, node } = await afterOutage(30 * 60_000, { schedule: "15 * * * *", catchUp: "latest" });
    expect(instants(job)).toEqual(["12:15:00"]);
    expect(await ledger(node)).toEqual(["01-05 12:15 fired"]);
  });

  test("catchUp skip runs none of them, and records them all", async () => {
    const { world, job, node } = await afterOutage(5 * hourMs + 20_000, { schedule: "0 * * * *", catchUp: "skip" });
    expect(instants(job)).toEqual([]);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 01-05 17:00 missed"]);
    expect(node.told.all("firing.skipped")).toMatchObject([{ reason: "missed", upTo: "2026-01-05T17:00:00.000Z" }]);
    await world.time.advance(hourMs);
    expect(instants(job)).toEqual(["18:00:00"]);
  });

  test.each(["skip", "latest"] as const)(
    "what is not older than lateAfter is not missed, with catchUp %s",
    async (catchUp) => {
      const { job, node } = await afterOutage(14 * 60_000 + 30_000, { schedule: "15 * * * *", catchUp });
      expect(instants(job)).toEqual(["12:15:00"]);
      expect(await ledger(node)).toEqual(["01-05 12:15 fired"]);
    },
  );

  test("what is a moment older is missed, with catchUp skip", async () => {
    const { job, node } = await afterOutage(14 * 60_000 + 30_001, { schedule: "15 * * * *", catchUp: "skip" });
    expect(instants(job)).toEqual([]);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 01-05 12:15 missed"]);
  });

  test("what is older than the window of a day does not run", async () => {
    const { job, node } = await afterOutage(24 * hourMs + 5 * hourMs, { schedule: "0 13 5 * *" });
    expect(instants(job)).toEqual([]);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 01-05 13:00 missed"]);
  });

  test("what lies just within the window does", async () => {
    const { job } = await afterOutage(24 * hourMs + 59 * 60_000, { schedule: "0 13 5 * *" });
    expect(instants(job)).toEqual(["13:00:00"]);
  });

  test("a caught-up instant is skipped like any other while an earlier run is unfinished", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [first, second] = [new Job(), new Job()];
    const tasks = (job: Job) => [heldTask(job, { schedule: "15 * * * *" })];
    const one = await world.start({ tasks: tasks(first), stopGraceMs: 0 });
    await world.time.advance(15 * 60_000);
    await one.stop();
    await world.time.advance(3 * hourMs);
    const two = await world.start({ tasks: tasks(second) });
    await world.time.advance(2_000);
    expect([instants(first), instants(second)]).toEqual([["12:15:00"], ["12:15:00"]]);
    expect(await ledger(two)).toEqual([
      "01-05 12:15 fired",
      "01-05 12:15 - 01-05 14:15 missed",
      "01-05 14:15 - 01-05 15:15 overlap",
    ]);
    first.last.complete();
  });

  test("a million missed instants cost as much as one", async () => {
    const { job, node } = await afterOutage(300 * 24 * hourMs + 500, { schedule: { every: "1s" } });
    expect(instants(job)).toEqual(["12:01:00"]);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 11-01 12:00 missed", "11-01 12:01 fired"]);
  });

  test("what was triggered before it and became due meanwhile runs", async () => {
    const world = new World();
    const job = new Job();
    const one = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await one.belfry.task("job").run({ delay: "1h" });
    await one.stop();
    await world.time.advance(5 * hourMs);
    await world.start({ tasks: [heldTask(job)] });
    expect(job.last.run.trackingId).toBe(trackingId);
  });
});

describe("a store that is away", () => {
  test.each(["schedules.due", "schedules.nextAfter", "ledger.fire"])(
    "when %s is asked does not end a schedule",
    async (verb) => {
      const world = new World("2026-01-05T12:01:00.000Z");
      const job = new Job();
      const { link } = await world.start({ tasks: [heldTask(job, { schedule: "*/15 * * * *", overlap: "allow" })] });
      const refuse = () => Promise.reject(new Error("away"));
      for (let n = 0; n < 4; n++) {
        link.plan(verb, refuse, refuse);
        await world.time.advance(15 * 60_000);
      }
      await world.time.advance(2_000);
      expect(instants(job)).toEqual(["12:15:00", "12:30:00", "12:45:00", "13:00:00"]);
    },
  );

  test("over an instant makes it late, not lost", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: "*/15 * * * *" })] });
    await world.time.advance(13 * 60_000);
    node.link.away = true;
    await world.time.advance(3 * 60_000);
    expect(job.attempts).toHaveLength(0);
    node.link.away = false;
    await world.time.advance(2_000);
    expect(instants(job)).toEqual(["12:15:00"]);
    expect(await ledger(node)).toEqual(["01-05 12:15 fired"]);
  });
});

describe("the wall clock", () => {
  test("that jumps forward is an outage: the latest runs within a second, the others are recorded", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: "0 * * * *" })] });
    await world.time.advance(60_000);
    world.time.jump(3 * hourMs);
    await world.time.advance(1_000);
    expect(instants(job)).toEqual(["15:00:00"]);
    expect(await ledger(node)).toEqual(["01-05 12:01 - 01-05 14:00 missed", "01-05 15:00 fired"]);
  });

  test("that jumps back fires nothing twice, loops over nothing, and goes on where it was", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: "*/15 * * * *", overlap: "allow" })] });
    await world.time.advance(30 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:30:00"]);
    world.time.jump(-20 * 60_000);
    const before = node.link.count("ledger.fire");
    await world.time.advance(30 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:30:00"]);
    expect(node.link.count("ledger.fire")).toBe(before);
    await world.time.advance(5 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:30:00", "12:45:00"]);
    expect(await ledger(node)).toEqual(["01-05 12:15 fired", "01-05 12:30 fired", "01-05 12:45 fired"]);
  });

  test.each([-1, -1_500, -4_000, -9_000, -11_000, -60_000])(
    "that jumps by %d ms right after a firing does not repeat it",
    async (ms) => {
      const world = new World("2026-01-05T12:00:55.000Z");
      const job = new Job();
      await world.start({ tasks: [heldTask(job, { schedule: { every: "10s" }, overlap: "allow" })] });
      await world.time.advance(5_000);
      world.time.jump(ms);
      await world.time.advance(-ms + 20_000);
      expect(instants(job)).toEqual(["12:01:00", "12:01:10", "12:01:20"]);
    },
  );

  test("that jumps over and over never decides an instant twice, and every one that is past once", async () => {
    const world = new World("2026-01-05T12:00:00.500Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: { every: "7s" }, overlap: "allow" })] });
    for (let n = 1; n <= 60; n++) {
      world.time.jump(((n * 7_919) % 41_000) - 20_000);
      await world.time.advance((n * 3_571) % 9_000);
    }
    await world.time.advance(120_000);
    const { items } = await node.belfry.schedules.firings("job", "default", { limit: 1_000 });
    const fired = items.filter(({ decision }) => decision === "fired").map(({ instant }) => instant);
    expect(new Set(fired).size).toBe(fired.length);
    expect(fired).toEqual(job.attempts.map(({ run }) => run.scheduledFor?.toISOString()));
    expect(items.map(({ instant, upTo }) => upTo ?? instant)).toEqual(
      items.map(({ instant, upTo }) => upTo ?? instant).toSorted(),
    );
  });

  test("of a store that is behind what this process believes does not make it ask without end", async () => {
    const world = new World("2026-01-05T12:00:55.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: { every: "10s" }, overlap: "allow" })] });
    const { store } = node.link;
    const now = store.now;
    Object.assign(store, { now: () => now() + 400 });
    await node.belfry.task("job").run({ delay: "2s" });
    await world.time.advance(25_000);
    expect(instants(job)).toEqual([undefined, "12:01:00", "12:01:10", "12:01:20"]);
    expect(node.link.count("ledger.fire")).toBeLessThan(130);
    expect(node.link.count("runs.claim")).toBeLessThan(100);
  });
});
