// What the page leaves open, and how it reads: the facts about the original, and the rules that follow from them.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { agnost, createBelfry, defineTask } from "../../src/index.ts";
import { billOnDemand, farAway, freshStore, Gate, happening, startEngine } from "./support/host.ts";

// Whatever else listens on this machine: no server answers there.
beforeEach(() => void vi.stubEnv("BELFRY_URL", "http://127.0.0.1:4"));

const id = /^[0-9a-f]{24}$/;
const unknownId = "0123456789abcdef01234567";
const handler = () => {};

describe("ids", () => {
  test("are 24 lower-case hex characters, the first 8 the seconds of their making", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    const { trackingId, cronJobId, triggeredAt } = await belfry.task("billOnDemand").run();
    for (const made of [trackingId, cronJobId]) {
      expect(made).toMatch(id);
      const secondsBetween = Date.parse(triggeredAt) / 1_000 - Number.parseInt(made.slice(0, 8), 16);
      expect(Math.abs(secondsBetween)).toBeLessThan(30);
    }
  });

  test("a task's is made when the store first sees its name, and never changes", async () => {
    const store = freshStore();
    const seen = new Set<string>();
    for (const options of [{}, { retries: 3, priority: 5 }, { schedule: farAway } as const]) {
      const belfry = await startEngine([defineTask({ name: "billOnDemand", handler, ...options })], { store });
      seen.add((await belfry.task("billOnDemand").run()).cronJobId);
      await belfry.stop();
    }
    // A deploy without it, and it comes back.
    await (await startEngine([], { store })).stop();
    const belfry = await startEngine([billOnDemand().task], { store });
    const reader = await startEngine([], { store, work: false });
    for (const engine of [belfry, reader]) seen.add((await engine.task("billOnDemand").run()).cronJobId);
    expect(seen.size).toBe(1);
  });
});

describe("an extra run neither uses up nor moves the planned firing", () => {
  test("not even while it runs when that is due", async () => {
    const gate = new Gate();
    const task = defineTask({
      name: "billOnDemand",
      schedule: { every: "1s" },
      overlap: "skip",
      handler: gate.handler,
    });
    const belfry = await startEngine([task]);
    const byHand = await belfry.task("billOnDemand").run();
    const { trackingId } = await happening(belfry, "run.started", ({ scheduledFor }) => scheduledFor !== undefined);
    expect(await belfry.task("billOnDemand").getTaskStatus(byHand.trackingId)).toMatchObject({ status: "processing" });
    const { items } = await belfry.schedules.firings("billOnDemand");
    expect(items[0]).toMatchObject({ decision: "fired", trackingId });
    expect(items.map((item) => item.trackingId)).not.toContain(byHand.trackingId);
    gate.openForGood();
  });

  test("each instant is decided, once and at its time, whatever is run by hand in between", async () => {
    const { task } = billOnDemand({ schedule: { every: "1s" } });
    const belfry = await startEngine([task]);
    const byHand: string[] = [];
    for (const _ of [1, 2]) {
      await happening(belfry, "run.completed");
      byHand.push((await belfry.task("billOnDemand").runAndWait()).trackingId);
    }
    await happening(belfry, "run.completed");
    const { items } = await belfry.schedules.firings("billOnDemand");
    expect(items.filter(({ decision }) => decision === "fired").length).toBeGreaterThanOrEqual(2);
    for (const { trackingId = "" } of items) expect(byHand).not.toContain(trackingId);
    // Every second has its place: where a busy machine was late, it is in a span.
    let next = Date.parse(items[0]?.instant ?? "");
    for (const { instant, upTo, decision } of items) {
      expect(Date.parse(instant)).toBe(decision === "fired" ? next : next - 1_000);
      next = Date.parse(upTo ?? instant) + 1_000;
    }
  });
});

describe("`task(name)` never throws; `run` and `getTaskStatus` reject", () => {
  test("an unknown name, with the nearest offered", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    for (const call of [agnost.task("bilOnDemand").run(), agnost.task("bilOnDemand").getTaskStatus(unknownId)]) {
      await expect(call).rejects.toMatchObject({
        code: "E_TASK_UNKNOWN",
        message: 'there is no task "bilOnDemand" (did you mean "billOnDemand"?)',
      });
    }
    await expect(agnost.task("somethingElse").run()).rejects.toMatchObject({
      message: 'there is no task "somethingElse"',
    });
    expect((await belfry.runs.list()).items).toEqual([]);
  });

  test("a name that is none", async () => {
    await startEngine([billOnDemand().task]);
    for (const name of [undefined, null, 5, {}, Symbol("billOnDemand"), "", "__proto__"]) {
      await expect(agnost.task(name as string).run()).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    }
  });

  test("no engine, one that is not started, one that is stopped, and two", async () => {
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_NO_ENGINE" });
    const belfry = createBelfry({ store: freshStore(), tasks: [billOnDemand().task] });
    await expect(belfry.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_NOT_STARTED" });
    await expect(belfry.runs.get(unknownId)).rejects.toMatchObject({ code: "E_NOT_STARTED" });
    const one = await startEngine([billOnDemand().task]);
    const other = await startEngine([billOnDemand().task]);
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_ENGINE_AMBIGUOUS" });
    await other.stop();
    await expect(other.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_STOPPED" });
    expect(await agnost.task("billOnDemand").run()).toMatchObject({ cronJobName: "billOnDemand" });
    await one.stop();
    await expect(agnost.task("billOnDemand").getTaskStatus(unknownId)).rejects.toMatchObject({ code: "E_NO_ENGINE" });
  });
});

describe("statuses", () => {
  test("`errors`, then with an `errors` value, for a handler that throws", async () => {
    const belfry = await startEngine([
      defineTask({
        name: "billOnDemand",
        retries: 1,
        backoff: "0s",
        handler: () => Promise.reject(new RangeError("no paper")),
      }),
    ]);
    const { trackingId } = await belfry.task("billOnDemand").runAndWait();
    const record = await agnost.task("billOnDemand").getTaskStatus(trackingId);
    expect(Object.keys(record ?? {})).toEqual([
      ...["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status", "startedAt", "completedAt", "errors"],
    ]);
    expect(record).toMatchObject({ trackingId, status: "errors" });
    expect(record?.errors).toEqual(
      [1, 2].map((attempt) => ({
        attempt,
        code: "E_HANDLER",
        name: "RangeError",
        message: "no paper",
        at: expect.any(String),
      })),
    );
    expect(record?.errors?.[1]?.at).toBe(record?.completedAt);
  });

  test("`errors` for a run that was cancelled while it waited: it never started", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    const { trackingId } = await belfry.task("billOnDemand").run({ delay: "1h" });
    expect(await belfry.runs.cancel(trackingId, { reason: "by hand" })).toBe("ended");
    const record = await agnost.task("billOnDemand").getTaskStatus(trackingId);
    expect(record).toMatchObject({
      status: "errors",
      errors: [{ code: "E_CANCELLED", message: "the run was cancelled: by hand" }],
    });
    expect(record).not.toHaveProperty("startedAt");
  });

  test("no others: `completed` even where attempts failed before", async () => {
    let calls = 0;
    const failOnce = () => {
      calls += 1;
      if (calls === 1) throw new Error("not yet");
    };
    const belfry = await startEngine([
      defineTask({ name: "billOnDemand", retries: 1, backoff: "0s", handler: failOnce }),
    ]);
    const { trackingId } = await belfry.task("billOnDemand").runAndWait();
    const record = await agnost.task("billOnDemand").getTaskStatus(trackingId);
    expect(record).toMatchObject({ status: "completed" });
    expect(record).not.toHaveProperty("errors");
  });
});

describe("`getTaskStatus`", () => {
  test("answers null for a well-formed id that this task does not have", async () => {
    const belfry = await startEngine([billOnDemand().task, defineTask({ name: "cleanUp", handler })]);
    const { trackingId } = await belfry.task("cleanUp").run();
    expect(await agnost.task("billOnDemand").getTaskStatus(trackingId)).toBeNull();
    expect(await agnost.task("billOnDemand").getTaskStatus(unknownId)).toBeNull();
  });

  test("answers for scheduled runs too", async () => {
    const belfry = await startEngine([billOnDemand({ schedule: { every: "1s" } }).task]);
    const { trackingId } = await happening(belfry, "run.completed");
    const record = await agnost.task("billOnDemand").getTaskStatus(trackingId);
    expect(Object.keys(record ?? {})).toEqual([
      ...["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status", "startedAt", "completedAt"],
    ]);
    expect(record).toMatchObject({ trackingId, cronJobName: "billOnDemand", status: "completed" });
  });

  test("rejects a malformed id before it asks anything", async () => {
    await startEngine([billOnDemand().task]);
    for (const malformed of ["", "6237B225B9A84D607CD79044", "6237b225", `${unknownId}0`, "g".repeat(24)]) {
      await expect(agnost.task("unknown").getTaskStatus(malformed)).rejects.toMatchObject({
        code: "E_TRACKING_ID",
        message: `tracking id "${malformed}" is malformed; expected 24 characters of 0-9 and a-f`,
      });
    }
  });
});

describe("handlers", () => {
  test("may take no parameter, and trigger others through `agnost`: the engine is the one that runs them", async () => {
    const called: string[] = [];
    const first = defineTask({ name: "first", handler: async () => void (await agnost.task("second").runAndWait()) });
    const second = defineTask({ name: "second", handler: async () => void called.push("second") });
    const belfry = await startEngine([first, second]);
    // Another engine in the process makes `agnost` ambiguous outside of handlers, and not inside.
    await startEngine([billOnDemand().task]);
    expect(await belfry.task("first").runAndWait()).toMatchObject({ status: "completed" });
    expect(called).toEqual(["second"]);
  });

  test("may take a payload that the task's schema checks", async () => {
    const seen: unknown[] = [];
    const payload = z.object({ month: z.string() });
    const belfry = await startEngine([
      defineTask({ name: "billOnDemand", payload, handler: (run) => void seen.push(run.payload) }),
    ]);
    await belfry.task("billOnDemand").runAndWait({ payload: { month: "2026-11" } });
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({ code: "E_PAYLOAD" });
    expect(seen).toEqual([{ month: "2026-11" }]);
  });
});

describe("a task that is disabled", () => {
  test("is not triggered, and its schedule does not fire", async () => {
    const store = freshStore();
    const calls: string[] = [];
    const task = (enabled: boolean) =>
      defineTask({
        name: "billOnDemand",
        enabled,
        schedule: { every: "1s" },
        handler: (run) => void calls.push(run.trackingId),
      });
    const belfry = await startEngine([task(false)], { store });
    await expect(agnost.task("billOnDemand").run()).rejects.toMatchObject({
      code: "E_TASK_DISABLED",
      message: 'task "billOnDemand" is disabled; set `enabled: true` in its definition to run it',
    });
    expect(await happening(belfry, "firing.skipped")).toMatchObject({ task: "billOnDemand", reason: "disabled" });
    expect((await belfry.runs.list()).items).toEqual([]);
    await belfry.stop();
    // Enabled again, it runs.
    await startEngine([task(true)], { store });
    const { trackingId } = await agnost.task("billOnDemand").runAndWait();
    expect(calls).toContain(trackingId);
  });

  test("still answers for the runs that it had", async () => {
    const store = freshStore();
    const before = await startEngine([billOnDemand().task], { store });
    const { trackingId } = await before.task("billOnDemand").runAndWait();
    await before.stop();
    await startEngine([defineTask({ name: "billOnDemand", enabled: false, handler })], { store });
    expect(await agnost.task("billOnDemand").getTaskStatus(trackingId)).toMatchObject({ status: "completed" });
  });
});
