import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { answerLost, callLost, type Fate, held, refused } from "./support/link.ts";
import { type TestNode, World } from "./support/world.ts";

/** A run that one node started once and ended once, whatever was lost. */
async function expectOnce(world: World, job: Job, id: string, withinMs = 20_000): Promise<void> {
  await world.time.until(() => job.attempts.length > 0, withinMs);
  await world.time.advance(90_000);
  expect(job.attempts).toHaveLength(1);
  expect(job.last.run).toMatchObject({ trackingId: id, attempt: 1 });
  job.last.complete("once");
  await world.time.advance(2_000);
  expect(world.record(id)).toMatchObject({ status: "completed", result: "once" });
  expect(world.record(id).attempts).toHaveLength(1);
}

const fates: [string, Fate[]][] = [
  ["is lost", [answerLost]],
  ["is lost, since the call was", [callLost]],
  ["is lost twice", [answerLost, answerLost]],
  ["is lost, and the next call refused", [answerLost, refused]],
  ["is lost, since the call was, and the next refused", [callLost, refused]],
];

describe("where the answer to a trigger", () => {
  test.each(fates)("%s, its run is kept once, started once and ends once", async (_, plan) => {
    const world = new World();
    const job = new Job();
    const { belfry, link, told } = await world.start({ tasks: [heldTask(job)] });
    link.plan("runs.insert", ...plan);
    const { trackingId } = await world.time.during(belfry.task("job").run());
    await expectOnce(world, job, trackingId);
    expect(world.state.runs.size).toBe(1);
    expect(told.lines).toEqual(["run.started 1", "run.completed 1"]);
  });

  test.each(fates)("%s, so it is where another node looks on", async (_, plan) => {
    const world = new World();
    const [job, other] = [new Job(), new Job()];
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    await world.start({ tasks: [heldTask(other)] });
    link.plan("runs.insert", ...plan);
    const { trackingId } = await world.time.during(belfry.task("job").run());
    await world.time.until(() => job.attempts.length + other.attempts.length > 0, 20_000);
    await expectOnce(world, job.attempts.length > 0 ? job : other, trackingId);
  });

  test("is lost while no slot is free, the run is claimed when there is one", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)], concurrency: 1 });
    await belfry.task("job").run();
    link.plan("runs.insert", answerLost);
    const { trackingId } = await world.time.during(belfry.task("job").run());
    await world.time.advance(70_000);
    job.last.complete();
    await world.time.until(() => job.attempts.length === 2, 2_000);
    job.last.complete();
    await world.time.settle();
    expect(world.record(trackingId).status).toBe("completed");
  });

  test("stays unknown, run() rejects E_OUTCOME_UNKNOWN with the tracking id, and asking tells", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    for (const [fate, isKept] of [
      [answerLost, true],
      [callLost, false],
    ] as const) {
      link.plan("runs.insert", fate, ...Array.from({ length: 4 }, () => callLost));
      const error = await world.time.during(
        belfry
          .task("job")
          .run()
          .catch((caught: unknown) => caught as { code: string; fields: { trackingId: string } }),
      );
      expect(error).toMatchObject({
        code: "E_OUTCOME_UNKNOWN",
        fields: { trackingId: expect.stringMatching(/^[0-9a-f]{24}$/) },
      });
      const { trackingId } = (error as { fields: { trackingId: string } }).fields;
      await world.time.advance(20_000);
      const status = await belfry.task("job").getTaskStatus(trackingId);
      if (isKept) expect(status).toMatchObject({ status: "processing" });
      else expect(status).toBeNull();
    }
    expect(job.attempts).toHaveLength(1);
  });

  test("was unknown once, a refusal after it does not say that nothing was kept", async () => {
    const world = new World();
    const { belfry, link } = await world.start({ tasks: [heldTask(new Job())] });
    link.plan("runs.insert", answerLost, ...Array.from({ length: 9 }, () => refused));
    await expect(world.time.during(belfry.task("job").run())).rejects.toMatchObject({ code: "E_OUTCOME_UNKNOWN" });
    expect(world.state.runs.size).toBe(1);
  });

  test("is a refusal, run() rejects with it, and nothing is kept", async () => {
    const world = new World();
    const { belfry, link } = await world.start({ tasks: [heldTask(new Job())] });
    link.plan("runs.insert", refused);
    await expect(belfry.task("job").run()).rejects.toMatchObject({ code: "E_STORE_UNAVAILABLE" });
    expect(world.state.runs.size).toBe(0);
  });

  test("comes after the run was adopted and has ended, it is not started again", async () => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    link.plan("runs.insert", answerLost);
    const first = await world.time.during(belfry.task("job").run());
    const slow = held();
    link.plan("runs.insert", slow.fate);
    const second = belfry.task("job").run();
    slow.go();
    await world.time.until(() => job.attempts.length === 2, 30_000);
    for (const { complete } of job.attempts) complete();
    await world.time.advance(1_000);
    slow.answer();
    const ids = [first.trackingId, (await second).trackingId];
    await world.time.advance(10_000);
    expect(job.attempts.map(({ run }) => run.trackingId)).toEqual(ids);
    expect(ids.map((id) => world.record(id).status)).toEqual(["completed", "completed"]);
  });
});

describe("where the answer to a claim", () => {
  test.each(fates)("%s, the run is started once and ends once", async (_, plan) => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run({ delay: "1s" });
    link.plan("runs.claim", ...plan);
    await expectOnce(world, job, trackingId);
  });

  test("is lost, the run that is adopted later keeps its lease: no other node takes it", async () => {
    const world = new World();
    const [job, other] = [new Job(), new Job()];
    const one = await world.start({ tasks: [heldTask(job)] });
    await world.start({ tasks: [heldTask(other)] });
    one.link.plan("runs.claim", answerLost);
    const { trackingId } = await one.belfry.task("job").run({ delay: "1s" });
    await world.time.until(() => job.attempts.length + other.attempts.length > 0, 20_000);
    await expectOnce(world, job.attempts.length > 0 ? job : other, trackingId);
    expect(job.attempts.length + other.attempts.length).toBe(1);
  });
});

describe("where the answer to a firing", () => {
  test.each(fates)("%s, the instant fires once and its run is started once", async (_, plan) => {
    const world = new World("2026-01-05T12:00:55.000Z");
    const job = new Job();
    const at = new Date("2026-01-05T12:01:00Z");
    const { link } = await world.start({ tasks: [heldTask(job, { schedule: { at } })] });
    link.plan("ledger.fire", ...plan);
    await world.time.until(() => job.attempts.length > 0, 20_000);
    await expectOnce(world, job, job.last.run.trackingId);
    expect(world.state.runs.size).toBe(1);
    expect(job.last.run.scheduledFor).toEqual(at);
  });

  test.each(fates)("%s, so it is where all slots are taken", async (_, plan) => {
    const world = new World("2026-01-05T12:00:55.000Z");
    const [busy, job] = [new Job(), new Job()];
    const tasks = [
      heldTask(busy, { name: "busy" }),
      heldTask(job, { schedule: { at: new Date("2026-01-05T12:01:00Z") } }),
    ];
    const { belfry, link } = await world.start({ tasks, concurrency: 1 });
    await belfry.task("busy").run();
    link.plan("ledger.fire", ...plan);
    await world.time.advance(80_000);
    busy.last.complete();
    await world.time.until(() => job.attempts.length === 1, 2_000);
    await expectOnce(world, job, job.last.run.trackingId);
  });
});

describe("where the answer to an end", () => {
  test.each(fates)("%s, the run ends once, as it did", async (_, plan) => {
    const world = new World();
    const job = new Job();
    const { belfry, link, told } = await world.start({ tasks: [heldTask(job)] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    link.plan("runs.finish", ...plan);
    await expectOnce(world, job, trackingId);
    expect(told.lines).toEqual(["run.started 1", "run.completed 1"]);
  });

  test.each(fates)("that is retried %s, there is one more attempt", async (_, plan) => {
    const world = new World();
    const job = new Job();
    const { belfry, link } = await world.start({ tasks: [heldTask(job, { retries: 1 })] });
    const { trackingId } = await belfry.task("job").run();
    await world.time.settle();
    link.plan("runs.finish", ...plan);
    job.last.fail(new Error("no"));
    await world.time.until(() => job.attempts.length === 2, 10_000);
    await world.time.advance(60_000);
    job.last.complete();
    await world.time.settle();
    expect(job.attempts).toHaveLength(2);
    expect(world.record(trackingId).attempts.map(({ outcome }) => outcome)).toEqual(["E_HANDLER", "completed"]);
  });
});

test("with every third answer lost for a minute, each run and each instant still happens once", async () => {
  const world = new World("2026-01-05T12:00:55.000Z");
  const seen: string[] = [];
  const tasks = () => [
    task(({ key }) => void seen.push(key), { name: "job", schedule: { every: "2s" }, overlap: "allow" }),
  ];
  const nodes: TestNode[] = [await world.start({ tasks: tasks() }), await world.start({ tasks: tasks() })];
  const ids: string[] = [];
  for (let n = 0; n < 60; n++) {
    for (const { link } of nodes) {
      for (const verb of ["runs.insert", "runs.claim", "runs.finish", "ledger.fire", "nodes.renew"]) {
        if ((n + verb.length) % 3 === 0) link.plan(verb, (n + verb.length) % 2 === 0 ? answerLost : callLost);
      }
    }
    const node = nodes[n % 2] as TestNode;
    ids.push((await world.time.during(node.belfry.task("job").run())).trackingId);
    await world.time.advance(1_000);
  }
  await world.time.advance(120_000);
  expect([...new Set(ids)].map((id) => world.record(id).status)).toEqual(ids.map(() => "completed"));
  expect(new Set(seen).size).toBe(seen.length);
  for (const id of ids) expect(seen).toContain(id);
  const runs = [...world.state.runs.values()];
  expect(runs.filter(({ state }) => state !== "completed")).toEqual([]);
  expect(
    runs.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)).filter((outcome) => outcome !== "completed"),
  ).toEqual([]);
});
