import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const quarter = "*/15 * * * *";

/** The ledger of a task's schedule: `12:15 fired`, or `12:00-12:15 missed`. */
async function ledger({ belfry }: TestNode, name = "job", key = "default"): Promise<string[]> {
  const { items } = await belfry.schedules.firings(name, key, { limit: 1_000 });
  const clock = (iso: string) => iso.slice(11, 16);
  return items.map(({ instant, upTo, decision }) => `${clock(instant)}${upTo ? `-${clock(upTo)}` : ""} ${decision}`);
}

function instants(job: Job): (string | undefined)[] {
  return job.attempts.map(({ run }) => run.scheduledFor?.toISOString().slice(11, 19));
}

describe("a schedule", () => {
  test("fires at each of its instants, and nowhere else", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job({ obeys: true });
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter, overlap: "allow" })] });
    await world.time.advance(60 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:30:00", "12:45:00", "13:00:00"]);
    for (const { run } of job.attempts) {
      const record = world.record(run.trackingId);
      expect(record).toMatchObject({
        trigger: "schedule",
        schedule: "default",
        latenessMs: 0,
        startedAt: record.scheduledFor,
      });
    }
    expect(await ledger(node)).toEqual(["12:15 fired", "12:30 fired", "12:45 fired", "13:00 fired"]);
  });

  test("gives its run the instants around it and a key that is the instant's", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    await world.start({
      tasks: [heldTask(job, { schedule: [{ key: "often", cron: quarter, payload: { n: 1 } }], priority: 9 })],
    });
    await world.time.advance(15 * 60_000);
    const { run } = job.last;
    const around = [run.previousFiring, run.scheduledFor, run.nextFiring].map((date) =>
      date?.toISOString().slice(11, 16),
    );
    expect(around).toEqual(["12:00", "12:15", "12:30"]);
    const record = world.record(run.trackingId);
    expect(record).toMatchObject({
      key: `${record.cronJobId}/often/2026-01-05T12:15:00.000Z`,
      payload: { n: 1 },
      priority: 9,
    });
    expect(run).toMatchObject({ key: record.key, trigger: "schedule", payload: { n: 1 } });
  });

  test("keeps its run's key for every attempt", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    await world.start({ tasks: [heldTask(job, { schedule: quarter, retries: 1 })] });
    await world.time.advance(15 * 60_000);
    job.last.fail(new Error("no"));
    await world.time.until(() => job.attempts.length === 2);
    expect(job.at(0).run.key).toBe(job.at(1).run.key);
  });

  test("is one of several of a task, each with its own instants and payload", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const seen: unknown[] = [];
    const schedule = [
      { key: "a", cron: "10 * * * *", payload: "A" },
      { key: "b", every: "20m", payload: "B" },
      { key: "c", at: new Date("2026-01-05T12:30:00Z") },
    ];
    await world.start({
      tasks: [
        task(({ payload, scheduledFor }) => void seen.push([scheduledFor?.getUTCMinutes(), payload]), { schedule }),
      ],
    });
    await world.time.advance(60 * 60_000);
    expect(seen).toEqual([
      [10, "A"],
      [20, "B"],
      [30, undefined],
      [40, "B"],
      [0, "B"],
    ]);
  });

  test("is neither used up nor moved by a run by hand", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    await node.belfry.task("job").run();
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual([undefined, "12:15:00"]);
    expect(await ledger(node)).toEqual(["12:15 fired"]);
  });

  test("of many tasks due at once fires each once, in chunks", async () => {
    const world = new World("2026-01-05T12:00:59.500Z");
    const seen = new Map<string, number>();
    const names = Array.from({ length: 1_234 }, (_, index) => `task ${index}`);
    const count = (name: string) => () => void seen.set(name, (seen.get(name) ?? 0) + 1);
    const node = await world.start({
      tasks: names.map((name) => task(count(name), { name, schedule: "* * * * *" })),
      concurrency: 50,
    });
    await world.time.advance(10_000);
    expect([seen.size, Math.max(...seen.values())]).toEqual([1_234, 1]);
    expect(node.link.count("ledger.fire")).toBe(3);
  });

  test("that is never due again ends", async () => {
    const world = new World();
    const job = new Job();
    const at = new Date(world.time.wallMs + 10_000);
    const { link } = await world.start({ tasks: [heldTask(job, { schedule: { at } })] });
    await world.time.advance(10_000);
    expect(job.attempts).toHaveLength(1);
    const before = link.count("ledger.fire");
    await world.time.advance(3_600_000);
    expect([job.attempts.length, link.count("ledger.fire")]).toEqual([1, before]);
  });

  test("of a disabled task fires nothing, and its record says so; enabled again it goes on from there", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    let node = await world.start({ tasks: [heldTask(job, { schedule: quarter, enabled: false })] });
    await world.time.advance(30 * 60_000);
    expect(await ledger(node)).toEqual(["12:01-12:30 disabled"]);
    await node.stop();
    node = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual(["12:45:00"]);
    expect(await ledger(node)).toEqual(["12:01-12:30 disabled", "12:45 fired"]);
  });
});

describe("overlap", () => {
  test("skip records an instant while an earlier run is unfinished, a waiting retry included, and tells it", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter, retries: 1, backoff: "20m" })] });
    await world.time.advance(15 * 60_000);
    await world.time.advance(15 * 60_000);
    job.last.fail(new Error("waits for its retry from now on"));
    await world.time.advance(15 * 60_000);
    expect(job.attempts).toHaveLength(1);
    await world.time.until(() => job.attempts.length === 2, 20 * 60_000);
    job.last.complete();
    await world.time.advance(15 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:15:00", "13:00:00"]);
    expect(await ledger(node)).toEqual(["12:15 fired", "12:15-12:45 overlap", "13:00 fired"]);
    expect(node.told.all("firing.skipped").map(({ upTo, reason }) => [upTo.slice(11, 16), reason])).toEqual([
      ["12:30", "overlap"],
      ["12:45", "overlap"],
    ]);
  });

  test("skip is judged per schedule: another schedule of the task, and runs by hand, do not count", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const schedule = [
      { key: "a", cron: "10 * * * *" },
      { key: "b", cron: "20 * * * *" },
    ];
    const node = await world.start({ tasks: [heldTask(job, { schedule })] });
    await node.belfry.task("job").run();
    await world.time.advance(60 * 60_000);
    expect(instants(job)).toEqual([undefined, "12:10:00", "12:20:00"]);
  });

  test("allow runs both", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    await world.start({ tasks: [heldTask(job, { schedule: quarter, overlap: "allow" })] });
    await world.time.advance(45 * 60_000);
    expect(instants(job)).toEqual(["12:15:00", "12:30:00", "12:45:00"]);
  });

  test("skip does not count a run that was lost and ended", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const [first, second] = [new Job(), new Job()];
    const tasks = (job: Job) => [heldTask(job, { schedule: quarter, onLost: "fail" })];
    const one = await world.start({ tasks: tasks(first), sockets: true });
    await world.time.advance(15 * 60_000);
    one.crash();
    const two = await world.start({ tasks: tasks(second), sockets: true });
    await world.time.advance(15 * 60_000);
    expect([instants(first), instants(second)]).toEqual([["12:15:00"], ["12:30:00"]]);
    expect(await ledger(two)).toEqual(["12:15 fired", "12:30 fired"]);
  });
});
