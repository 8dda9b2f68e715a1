import { describe, expect, test } from "vitest";
import { z } from "zod";
import { heldTask, Job, task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

describe("a payload", () => {
  test("is kept as given and parsed anew for each attempt", async () => {
    const world = new World();
    const got: { n: number; list: string[] }[] = [];
    const payload = z.object({ n: z.coerce.number(), list: z.array(z.string()).default(() => []) });
    const handler = (run: { payload: unknown }) => {
      const given = run.payload as { n: number; list: string[] };
      got.push(structuredClone(given));
      given.list.push("changed by the handler");
      throw new Error("again");
    };
    const { belfry } = await world.start({ tasks: [task(handler, { payload, retries: 1 })] });
    const { trackingId } = await belfry.task("task").run({ payload: { n: "7" } });
    await world.time.until(() => world.record(trackingId).status === "errors");
    expect(world.record(trackingId).payload).toEqual({ n: "7" });
    expect(got).toEqual([
      { n: 7, list: [] },
      { n: 7, list: [] },
    ]);
  });

  test("that its schema refuses at the trigger is E_PAYLOAD, and nothing is kept", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {}, { payload: z.object({ n: z.number() }) })] });
    const run = belfry.task("task").run({ payload: { n: "seven" } });
    await expect(run).rejects.toMatchObject({
      code: "E_PAYLOAD",
      message: expect.stringContaining("payload.n of task"),
    });
    expect(world.state.runs.size).toBe(0);
  });

  test("that a newer schema refuses fails the attempt with E_PAYLOAD, which is not retried", async () => {
    const world = new World();
    let isStrict = false;
    const job = new Job();
    const payload = z.unknown().refine(() => !isStrict, "is of an old shape");
    const { belfry } = await world.start({ tasks: [heldTask(job, { payload, retries: 5 })] });
    const { trackingId } = await belfry.task("job").run({ payload: 1, delay: "10s" });
    isStrict = true;
    await world.time.until(() => world.record(trackingId).status === "errors");
    const { outcome, attempts, errors } = world.record(trackingId);
    expect([outcome, attempts.length, errors?.[0]?.code]).toEqual(["E_PAYLOAD", 1, "E_PAYLOAD"]);
    expect(job.attempts).toEqual([]);
  });

  test("of another task that a handler triggers wrongly is that handler's own error, and retried", async () => {
    const world = new World();
    const other = task(() => {}, { name: "other", payload: z.number() });
    const wrong = task(() => node.belfry.task("other").run({ payload: "none" }), { retries: 1 });
    const node = await world.start({ tasks: [wrong, other] });
    const { trackingId } = await node.belfry.task("task").run();
    await world.time.until(() => world.record(trackingId).status === "errors");
    expect(world.record(trackingId).attempts.map(({ outcome }) => outcome)).toEqual(["E_HANDLER", "E_HANDLER"]);
  });
});

describe("what a handler gets", () => {
  test("of a run by hand: its id as key, its place between the schedule's firings", async () => {
    const world = new World("2026-01-05T12:34:00.000Z");
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job, { schedule: "0 * * * *" })] });
    const { trackingId } = await belfry.task("job").run({ payload: ["as given"] });
    await world.time.settle();
    const { run } = job.last;
    expect(run).toMatchObject({ trackingId, key: trackingId, attempt: 1, trigger: "manual", payload: ["as given"] });
    expect(run.scheduledFor).toBeUndefined();
    expect([run.previousFiring?.toISOString(), run.nextFiring?.toISOString()]).toEqual([
      "2026-01-05T12:00:00.000Z",
      "2026-01-05T13:00:00.000Z",
    ]);
  });

  test("of a run by hand of a task without schedule: no firings", async () => {
    const world = new World();
    const job = new Job();
    const { belfry } = await world.start({ tasks: [heldTask(job)] });
    await belfry.task("job").run();
    await world.time.settle();
    const { previousFiring, nextFiring, scheduledFor, payload } = job.last.run;
    expect([previousFiring, nextFiring, scheduledFor, payload]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("can be taken apart: no method needs its `this`", async () => {
    const world = new World();
    const { belfry } = await world.start({
      tasks: [
        task(({ log, progress, signal }) => {
          const { info } = log;
          info("one");
          log("two");
          progress(0.5);
          return signal.aborted;
        }),
      ],
    });
    const { trackingId } = await belfry.task("task").run();
    await world.time.advance(200);
    expect(world.record(trackingId)).toMatchObject({ result: false, progress: { value: 0.5 } });
  });
});
