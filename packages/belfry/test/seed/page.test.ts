// One test for each sentence of the page, with the sentence as its title; readme.test.ts sees to it that none is missing.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agnost, defineTask, nextFirings } from "../../src/index.ts";
import { billOnDemand, farAway, freshFolder, Gate, happening, startEngine } from "./support/host.ts";
import { exampleResponse } from "./support/page.ts";
import { makePast } from "./support/past.ts";

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const id = /^[0-9a-f]{24}$/;

describe("Scheduled Tasks", () => {
  test("The scheduled tasks module of this library provides the methods to manually trigger your app's scheduled tasks (a.k.a. cron jobs).", async () => {
    const { task, calls } = billOnDemand({ schedule: farAway });
    const belfry = await startEngine([task]);
    const completed = happening(belfry, "run.completed");
    const { trackingId } = await agnost.task("billOnDemand").run();
    await completed;
    expect(calls).toEqual([trackingId]);
  });

  test("With this module, you can run a task manually and get the status of a task.", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    const completed = happening(belfry, "run.completed");
    const result = await agnost.task("billOnDemand").run();
    await completed;
    expect(await agnost.task("billOnDemand").getTaskStatus(result.trackingId)).toEqual({
      ...result,
      status: "completed",
      startedAt: expect.stringMatching(iso),
      completedAt: expect.stringMatching(iso),
    });
  });

  test("Typically, a scheduled task runs according to its defined execution schedule.", async () => {
    const { task, calls } = billOnDemand({ schedule: { every: "1s" } });
    const belfry = await startEngine([task]);
    const first = await happening(belfry, "run.completed");
    const second = await happening(belfry, "run.completed");
    expect(calls.slice(0, 2)).toEqual([first.trackingId, second.trackingId]);
    const due: string[] = [];
    for (const trackingId of calls.slice(0, 2)) {
      const { trigger, scheduledFor = "", startedAt = "" } = (await belfry.runs.get(trackingId)) ?? {};
      expect(trigger).toBe("schedule");
      expect(startedAt >= scheduledFor).toBe(true);
      due.push(scheduledFor);
    }
    for (const instant of due) {
      const before = new Date(Date.parse(instant) - 1);
      expect(nextFirings({ every: "1s" }, { from: before })[0]?.toISOString()).toBe(instant);
    }
    expect(due).toEqual([...new Set(due)].sort());
  });

  test("However, with the Agnost server library, by calling the run method, you can manually run scheduled tasks ahead of their actual execution schedule.", async () => {
    const { task } = billOnDemand({ schedule: farAway });
    const belfry = await startEngine([task]);
    const record = await belfry.task("billOnDemand").runAndWait();
    const [planned] = nextFirings(farAway, { from: new Date(record.triggeredAt) });
    expect(record).toMatchObject({ status: "completed", trigger: "manual" });
    expect(record).not.toHaveProperty("scheduledFor");
    expect(new Date(record.completedAt ?? "").getTime()).toBeLessThan(planned?.getTime() ?? 0);
  });
});

describe("Run task", () => {
  test("You can run a task using the run method ahead of its planned execution time.", async () => {
    const at = new Date(Date.now() + 3_600_000);
    const seen: (Date | undefined)[] = [];
    const task = defineTask({
      name: "billOnDemand",
      schedule: { at },
      handler: (run) => void seen.push(run.nextFiring),
    });
    const belfry = await startEngine([task]);
    const { completedAt = "" } = await belfry.task("billOnDemand").runAndWait();
    expect(completedAt < at.toISOString()).toBe(true);
    await belfry.task("billOnDemand").runAndWait();
    // The planned time is neither used up nor moved.
    expect(seen).toEqual([at, at]);
    expect(await belfry.schedules.firings("billOnDemand")).toEqual({ items: [] });
  });

  test("It triggers the execution of the specified task.", async () => {
    const called: string[] = [];
    const tasks = ["billOnDemand", "cleanUp"].map((name) =>
      defineTask({ name, handler: () => void called.push(name) }),
    );
    const belfry = await startEngine(tasks);
    await belfry.task("cleanUp").runAndWait();
    await belfry.task("billOnDemand").runAndWait();
    expect(called).toEqual(["cleanUp", "billOnDemand"]);
    expect((await belfry.runs.list()).items.map(({ cronJobName }) => cronJobName)).toEqual(["billOnDemand", "cleanUp"]);
  });

  test("After the task is triggered, the business logic, namely the handler function of the task is executed.", async () => {
    const gate = new Gate();
    await startEngine([defineTask({ name: "billOnDemand", handler: gate.handler })]);
    const entered = gate.entered();
    const { trackingId, triggeredAt } = await agnost.task("billOnDemand").run();
    expect(await entered).toBe(trackingId);
    const { startedAt = "" } = (await agnost.task("billOnDemand").getTaskStatus(trackingId)) ?? {};
    expect(triggeredAt <= startedAt).toBe(true);
    gate.openForGood();
  });

  test("Manually run a task with the name of `billonDemand`", async () => {
    const { task, calls } = billOnDemand();
    await startEngine([task]);
    // Names match exactly: the page's comment has one letter in another case than its code.
    await expect(agnost.task("billonDemand").run()).rejects.toMatchObject({
      code: "E_TASK_UNKNOWN",
      message: 'there is no task "billonDemand" (did you mean "billOnDemand"?)',
    });
    const { trackingId } = await agnost.task("billOnDemand").runAndWait();
    expect(calls).toEqual([trackingId]);
  });

  test('"trackingId": "6237b225b9a84d607cd79044", "cronJobId": "6237b1f17c2a9625f0b2119e", "cronJobName": "billOnDemand", "triggeredAt": "2022-03-20T23:00:53.966Z", "status": "pending"', async () => {
    const { result } = await responses();
    expect(Object.entries(result)).toEqual(Object.entries(exampleResponse(0)));
  });

  test("If successful, it returns information about the triggered task, including the trackingId.", async () => {
    await startEngine([billOnDemand().task]);
    const result = await agnost.task("billOnDemand").run();
    expect(Object.keys(result)).toEqual(Object.keys(exampleResponse(0)));
    expect(result).toEqual({
      trackingId: expect.stringMatching(id),
      cronJobId: expect.stringMatching(id),
      cronJobName: "billOnDemand",
      triggeredAt: expect.stringMatching(iso),
      status: "pending",
    });
    const seconds = Number.parseInt(result.trackingId.slice(0, 8), 16);
    expect(Math.abs(seconds - Date.parse(result.triggeredAt) / 1_000)).toBeLessThan(5);
    const again = await agnost.task("billOnDemand").run();
    expect(again.trackingId).not.toBe(result.trackingId);
    expect(again.cronJobId).toBe(result.cronJobId);
  });

  test("You can use trackingId to check the exectuion status of your task by calling getTaskStatus method.", async () => {
    const { task } = billOnDemand();
    const belfry = await startEngine([task]);
    const ends = happening(belfry, "run.completed");
    const { trackingId } = await agnost.task("billOnDemand").run();
    const [one, other] = [await agnost.task("billOnDemand").run({ delay: "1h" }), await ends];
    expect(other.trackingId).toBe(trackingId);
    expect(await agnost.task("billOnDemand").getTaskStatus(trackingId)).toMatchObject({
      trackingId,
      status: "completed",
    });
    expect(await agnost.task("billOnDemand").getTaskStatus(one.trackingId)).toEqual(one);
  });
});

describe("Get task status", () => {
  test("You can retrieve the status of a task using the getTaskStatus method.", async () => {
    const tasks = ["billOnDemand", "cleanUp"].map((name) => defineTask({ name, handler: () => {} }));
    const belfry = await startEngine(tasks);
    const { trackingId } = await belfry.task("billOnDemand").runAndWait();
    expect(await agnost.task("billOnDemand").getTaskStatus(trackingId)).toMatchObject({ cronJobName: "billOnDemand" });
    // Of a task: another one has no run of this id.
    expect(await agnost.task("cleanUp").getTaskStatus(trackingId)).toBeNull();
  });

  test("It gets the latest status of the task with trackingId.", async () => {
    const gate = new Gate();
    const belfry = await startEngine([defineTask({ name: "billOnDemand", concurrency: 1, handler: gate.handler })]);
    const task = agnost.task("billOnDemand");
    await task.run();
    await gate.entered();
    // The task is busy: this run has to wait.
    const { trackingId } = await task.run();
    const seen = [await task.getTaskStatus(trackingId)];
    gate.open();
    expect(await gate.entered()).toBe(trackingId);
    seen.push(await task.getTaskStatus(trackingId));
    const ended = happening(belfry, "run.completed", (event) => event.trackingId === trackingId);
    gate.open();
    await ended;
    seen.push(await task.getTaskStatus(trackingId));
    expect(seen.map((record) => record?.status)).toEqual(["pending", "processing", "completed"]);
    const keys = Object.keys(exampleResponse(1));
    expect(seen.map((record) => Object.keys(record ?? {}))).toEqual([keys.slice(0, 5), keys.slice(0, 6), keys]);
    expect(seen[2]).toMatchObject(
      Object.fromEntries(Object.entries(seen[1] ?? {}).filter(([key]) => key !== "status")),
    );
  });

  test("Get the status of the manually triggered task whether it has been completed, processing or not", async () => {
    const gate = new Gate();
    const belfry = await startEngine([defineTask({ name: "billOnDemand", handler: gate.handler })]);
    const task = agnost.task("billOnDemand");
    const ids: string[] = [];
    for (const options of [{}, {}, { delay: "1h" }]) ids.push((await task.run(options)).trackingId);
    await gate.entered();
    await gate.entered();
    const ended = happening(belfry, "run.completed");
    gate.open();
    await ended;
    const statuses: unknown[] = [];
    for (const trackingId of ids) statuses.push((await task.getTaskStatus(trackingId))?.status);
    expect(statuses).toEqual(["completed", "processing", "pending"]);
    gate.openForGood();
  });

  test('"trackingId": "6237b225b9a84d607cd79044", "cronJobId": "6237b1f17c2a9625f0b2119e", "cronJobName": "billOnDemand", "triggeredAt": "2022-03-20T23:00:53.966Z", "status": "completed", "startedAt": "2022-03-20T23:00:54.009Z", "completedAt": "2022-03-20T23:00:54.036Z"', async () => {
    const { status } = await responses();
    expect(Object.entries(status ?? {})).toEqual(Object.entries(exampleResponse(1)));
  });

  test("Here you can find parameters for the getTaskStatus method.", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    const { trackingId } = await belfry.task("billOnDemand").runAndWait();
    expect(agnost.task("billOnDemand").getTaskStatus).toHaveLength(1);
    expect(await agnost.task("billOnDemand").getTaskStatus(trackingId)).toMatchObject({ trackingId });
  });

  test("trackingId | String | Yes | The tracking id of the triggered task.", async () => {
    const belfry = await startEngine([billOnDemand().task]);
    const { trackingId } = await belfry.task("billOnDemand").runAndWait();
    const status = agnost.task("billOnDemand").getTaskStatus as (value?: unknown) => Promise<unknown>;
    const malformed = [
      undefined,
      "",
      null,
      5,
      trackingId.toUpperCase(),
      `${trackingId} `,
      trackingId.slice(1),
      [trackingId],
    ];
    for (const value of malformed) await expect(status(value)).rejects.toMatchObject({ code: "E_TRACKING_ID" });
    expect(await status("0123456789abcdef01234567")).toBeNull();
    expect(await status(trackingId)).toMatchObject({ trackingId, status: "completed" });
  });
});

/** What the page's two calls answer when they are made at the page's moments. */
async function responses() {
  const file = join(freshFolder(), "belfry.db");
  const { belfry, result } = await makePast(file);
  return { result, status: await belfry.task("billOnDemand").getTaskStatus(result.trackingId) };
}
