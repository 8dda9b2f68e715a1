import { describe, expect, test } from "vitest";
import { chain, instants } from "./support/chain.ts";
import { heldTask, Job } from "./support/jobs.ts";
import { World } from "./support/world.ts";

const quarterMs = 15 * 60_000;
type Rules = NonNullable<Parameters<typeof heldTask>[1]>;

/** A node whose job is due every quarter of an hour, a minute after noon. */
async function quarterly(rules: Rules, job = new Job(), stopGraceMs = 30_000) {
  const world = new World("2026-01-05T12:01:00.000Z");
  const tasks = [heldTask(job, { schedule: "*/15 * * * *", ...rules })];
  return { world, job, tasks, node: await world.start({ tasks, stopGraceMs }) };
}

describe("bufferOne", () => {
  test("one waits for the earlier run's end; while it waits, later ones are bufferFull", async () => {
    const { world, job, node } = await quarterly({ overlap: "bufferOne" });
    await world.time.advance(4 * quarterMs);
    expect(instants(job)).toEqual(["12:15"]);
    job.last.complete();
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15", "12:30"]);
    expect(world.record(job.last.run.trackingId).latenessMs).toBe(3 * quarterMs - quarterMs + 60_000);
    await world.time.advance(quarterMs);
    job.last.complete();
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15", "12:30", "13:15"]);
    expect(await chain(node)).toEqual(["12:15 fired", "12:30 fired", "12:30-13:00 bufferFull", "13:15 fired"]);
    const told = node.told.all("firing.skipped").map(({ upTo, reason }) => [upTo.slice(11, 16), reason]);
    expect(told).toEqual([
      ["12:45", "bufferFull"],
      ["13:00", "bufferFull"],
    ]);
  });

  test("what waits is pending, and is neither claimed by another node nor lost by a restart", async () => {
    const { world, job, tasks, node } = await quarterly({ overlap: "bufferOne" });
    const other = new Job();
    await world.start({ tasks: [heldTask(other, { schedule: "*/15 * * * *", overlap: "bufferOne" })] });
    await world.time.advance(2 * quarterMs);
    const [held] = (await node.belfry.runs.list({ status: "pending" })).items;
    expect([job.attempts.length + other.attempts.length, held?.scheduledFor]).toEqual([1, "2026-01-05T12:30:00.000Z"]);
    const runner = job.attempts.length === 1 ? job : other;
    runner.last.complete();
    await world.time.settle();
    expect(job.attempts.length + other.attempts.length).toBe(2);
    expect(tasks).toHaveLength(1);
  });

  test("what waits goes on when the earlier run is cancelled, also while it waits for a retry", async () => {
    const { world, job, node } = await quarterly({ overlap: "bufferOne", retries: 1, backoff: "1h" });
    await world.time.advance(2 * quarterMs);
    job.last.fail(new Error("no"));
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15"]);
    await node.belfry.runs.cancel(job.last.run.trackingId);
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15", "12:30"]);
  });

  test("what waits can be cancelled itself: it never starts", async () => {
    const { world, job, node } = await quarterly({ overlap: "bufferOne" });
    await world.time.advance(2 * quarterMs);
    const [held] = (await node.belfry.runs.list({ status: "pending" })).items;
    expect(await node.belfry.runs.cancel(held?.trackingId ?? "")).toBe("ended");
    job.last.complete();
    await world.time.advance(quarterMs);
    expect(instants(job)).toEqual(["12:15", "12:45"]);
  });
});

describe("bufferAll", () => {
  test("all wait their turn, in their order", async () => {
    const { world, job, node } = await quarterly({ overlap: "bufferAll" });
    await world.time.advance(4 * quarterMs);
    for (let done = 1; done <= 4; done++) {
      expect(job.attempts).toHaveLength(done);
      job.last.complete();
      await world.time.settle();
    }
    expect(instants(job)).toEqual(["12:15", "12:30", "12:45", "13:00"]);
    expect(await chain(node)).toEqual(["12:15 fired", "12:30 fired", "12:45 fired", "13:00 fired"]);
  });

  test("a thousand wait at most", async () => {
    const { world, job, node } = await quarterly({ overlap: "bufferAll", schedule: { every: "1s" } });
    await world.time.advance(1_005_000);
    const { items } = await node.belfry.schedules.firings("job", "default", { limit: 1_000, from: new Date(0) });
    const rest = await node.belfry.schedules.firings("job", "default", {
      limit: 1_000,
      from: new Date(items.at(-1)?.instant ?? 0),
    });
    const all = [...items, ...rest.items];
    expect(all.filter(({ decision }) => decision === "fired")).toHaveLength(1_001);
    expect(all.at(-1)?.decision).toBe("bufferFull");
    expect(instants(job)).toHaveLength(1);
  });
});

describe("cancelOther", () => {
  test("a running one is cancelled, and the new one starts once it has ended", async () => {
    const { world, job, node } = await quarterly({ overlap: "cancelOther" }, new Job({ obeys: true }));
    await world.time.advance(2 * quarterMs);
    await world.time.until(() => job.attempts.length === 2, 5_000);
    expect(instants(job)).toEqual(["12:15", "12:30"]);
    const first = world.record(job.at(0).run.trackingId);
    expect(first).toMatchObject({
      outcome: "E_CANCELLED",
      errors: [{ message: "the run was cancelled: replaced by the firing of 2026-01-05T12:30:00.000Z" }],
    });
    expect(await chain(node)).toEqual(["12:15 fired", "12:30 fired"]);
  });

  test("one that waits for its retry ends at once, which is told, and the new one starts", async () => {
    const failed: string[] = [];
    const { world, job, node } = await quarterly({
      overlap: "cancelOther",
      retries: 1,
      backoff: "1h",
      onFailure: (run) => void failed.push(run.trackingId),
    });
    await world.time.advance(quarterMs);
    job.last.fail(new Error("no"));
    await world.time.advance(quarterMs);
    expect(instants(job)).toEqual(["12:15", "12:30"]);
    const replaced = job.at(0).run.trackingId;
    expect(node.told.all("run.failed")).toMatchObject([{ trackingId: replaced, error: { code: "E_CANCELLED" } }]);
    expect(failed).toEqual([replaced]);
  });

  test("one that fails before it hears of it ends without its retry, and the new one starts at once", async () => {
    const { world, job } = await quarterly({ overlap: "cancelOther", retries: 1, backoff: "1h" });
    await world.time.advance(quarterMs);
    await world.time.advance(quarterMs - 60_000);
    job.last.fail(new Error("no"));
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15", "12:30"]);
    expect(world.record(job.at(0).run.trackingId).outcome).toBe("E_CANCELLED");
  });

  test("of several that came while the first does not end, the last runs", async () => {
    const { world, job, node } = await quarterly({ overlap: "cancelOther" }, new Job(), 18 * 60_000);
    await world.time.advance(3 * quarterMs);
    expect(instants(job)).toEqual(["12:15"]);
    job.last.fail(new Error("cancelled at last"));
    await world.time.settle();
    expect(instants(job)).toEqual(["12:15", "12:45"]);
    const { items } = await node.belfry.runs.list();
    expect(items.map(({ outcome, status }) => outcome ?? status)).toEqual(["processing", "E_CANCELLED", "E_CANCELLED"]);
  });
});
