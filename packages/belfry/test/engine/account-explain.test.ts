import { describe, expect, test } from "vitest";
import { heldTask, Job } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const minute = 60_000;
const quarter = "*/15 * * * *";
const on = (clock: string) => new Date(`2026-01-05T${clock}Z`);

/** Why the job did or did not run at that time of the day. */
async function explain({ belfry }: TestNode, clock: string) {
  const { schedules, text } = await belfry.explain("job", { at: on(clock) });
  const [account] = schedules;
  if (!account) throw new Error(text);
  return account;
}

describe("explain says of an instant", () => {
  test("that it ran, with its run, and how late", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    await world.time.advance(15 * minute);
    const { trackingId } = job.last.run;
    expect(await explain(node, "12:15:00")).toMatchObject({
      ...{ schedule: "default", verdict: "fired", trackingId, status: "processing", latenessMs: 0 },
      ...{ next: "2026-01-05T12:30:00.000Z", text: expect.stringContaining(`is running: run ${trackingId}`) },
    });
    job.last.complete();
    await world.time.until(() => world.record(trackingId).status === "completed");
    expect(await explain(node, "12:15:00")).toMatchObject({
      status: "completed",
      text: expect.stringMatching(/^ran: /),
    });
  });

  test("which earlier run was in its way", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job({ obeys: true });
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    await world.time.advance(46 * minute);
    const { trackingId } = job.last.run;
    const account = await explain(node, "12:45:00");
    expect(account).toMatchObject({ verdict: "notFired", reason: "overlap" });
    expect(account).toMatchObject({ after: "2026-01-05T12:15:00.000Z", upTo: "2026-01-05T12:45:00.000Z" });
    expect(account.text).toBe(
      `did not run: the run of 2026-01-05T12:15:00Z (tracking id ${trackingId}, unfinished to this day) was still unfinished (overlap skip)`,
    );
  });

  test("who paused it, since when and why", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const node = await world.start({ tasks: [heldTask(new Job(), { schedule: quarter })] });
    await node.belfry.schedules.pause("job", "default", { author: "ann", reason: "the bank is closed" });
    expect((await explain(node, "12:15:00")).text).toContain(
      "lies ahead, and will not run: the schedule was paused by ann",
    );
    await world.time.advance(16 * minute);
    expect(await explain(node, "12:15:00")).toMatchObject({
      ...{ verdict: "notFired", reason: "paused" },
      text: "did not run: the schedule was paused by ann since 2026-01-05T12:01:00Z: the bank is closed",
    });
  });

  test("that no node was up, from when to when, and what ran instead", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const tasks = [heldTask(new Job({ obeys: true }), { schedule: quarter })];
    const first = await world.start({ tasks });
    await first.stop();
    world.time.jump(60 * minute);
    const node = await world.start({ tasks });
    await world.time.advance(1_000);
    const account = await explain(node, "12:15:00");
    expect(account).toMatchObject({
      verdict: "notFired",
      reason: "missed",
      down: { to: expect.stringContaining("13:01") },
    });
    expect(account.text).toMatch(
      /^did not run: it was missed: no node was up from 2026-01-05T12:01:\S+Z to 2026-01-05T13:01:\S+Z, and catchUp latest did not run it later; 2026-01-05T13:00:00Z ran \(run [0-9a-f]{24}\)$/,
    );
    const late = await explain(node, "13:00:00");
    expect(late.text).toMatch(/after it was due; no node was up from /);
  });

  test("that a backfill ran it since", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job();
    const node = await world.start({ tasks: [heldTask(job, { schedule: quarter })] });
    await node.belfry.schedules.skip("job");
    await world.time.advance(16 * minute);
    expect((await explain(node, "12:15:00")).text).not.toContain("backfill");
    await node.belfry.schedules.backfill("job", "default", { from: on("12:15:00"), to: on("12:16:00") });
    await world.time.advance(1_000);
    const account = await explain(node, "12:15:00");
    expect(account).toMatchObject({ verdict: "notFired", reason: "skipped" });
    expect(account.text).toMatch(/; a backfill ran it since, and its run is unfinished$/);
    job.last.complete();
    await world.time.advance(1_000);
    expect((await explain(node, "12:15:00")).text).toMatch(/; a backfill ran it since, and its run completed$/);
  });

  test("that it is not due, and what is nearest; that it lies ahead; that nobody decides it", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const node = await world.start({ tasks: [heldTask(new Job(), { schedule: quarter })] });
    expect(await explain(node, "12:20:00")).toMatchObject({
      ...{ verdict: "notDue", previous: "2026-01-05T12:15:00.000Z", next: "2026-01-05T12:30:00.000Z" },
      text: expect.stringContaining('cron "*/15 * * * *" in UTC does not list it'),
    });
    expect(await explain(node, "11:45:00")).toMatchObject({
      ...{ verdict: "notDue", text: expect.stringContaining("it was not defined before 2026-01-05T12:01:00Z") },
    });
    expect(await explain(node, "12:15:00")).toMatchObject({ verdict: "ahead" });
    await node.stop();
    world.time.jump(30 * minute);
    const reader = await world.start({ work: false });
    expect(await explain(reader, "12:15:00")).toMatchObject({
      ...{ verdict: "undecided", down: { from: expect.any(String) } },
      text: expect.stringMatching(/^has been due for .*: no node was up from 2026-01-05T12:01/),
    });
  });

  test("what the clocks and the calendars did", async () => {
    const world = new World("2027-03-26T12:00:00.000Z");
    const holidays = { name: "holidays", dates: ["2027-03-29"] };
    const rule = { cron: "30 2 * * *", timezone: "Europe/Berlin", exclude: [holidays] };
    const node = await world.start({ tasks: [heldTask(new Job(), { schedule: rule })] });
    const at = async (iso: string) => (await node.belfry.explain("job", { at: new Date(iso) })).schedules[0];
    expect(await at("2027-03-28T00:30:00Z")).toMatchObject({
      ...{ verdict: "notDue", causes: [{ kind: "gap" }] },
      text: expect.stringContaining(
        "2027-03-28 02:30 does not exist on that day, its firing moved to 2027-03-28T01:30:00Z",
      ),
    });
    expect(await at("2027-03-29T00:30:00Z")).toMatchObject({
      ...{ verdict: "notDue", causes: [{ kind: "excluded", calendar: "holidays" }] },
      text: expect.stringContaining("calendar holidays has 2027-03-29"),
    });
  });

  test("what its definition of then was, also once it was changed and removed", async () => {
    const world = new World("2026-01-05T12:01:00.000Z");
    const job = new Job({ obeys: true });
    const node = await world.start({ tasks: [heldTask(job)] });
    await node.belfry.schedules.put("job", "extra", quarter);
    await world.time.advance(16 * minute);
    await node.belfry.schedules.put("job", "extra", { every: "7m", anchor: on("12:00:00") });
    const account = await explain(node, "12:15:00");
    expect(account).toMatchObject({ schedule: "extra", verdict: "fired" });
    expect(account.text).toContain(
      'The definition of then, up to 2026-01-05T12:17:00Z, was cron "*/15 * * * *" in UTC',
    );
    expect((await explain(node, "12:30:00")).text).toContain("every 7m does not list it");
    await node.belfry.schedules.delete("job", "extra");
    expect(await explain(node, "12:15:00")).toMatchObject({ schedule: "extra", verdict: "fired" });
    expect((await explain(node, "12:45:00")).text).toContain("not due: it was removed before");
  });
});

test("a task is explained in one sentence, with what ran by hand in that minute", async () => {
  const world = new World("2026-01-05T12:14:30.000Z");
  const schedule = [
    { key: "often", cron: quarter },
    { key: "daily", cron: "0 3 * * *" },
  ];
  const node = await world.start({ tasks: [heldTask(new Job({ obeys: true }), { schedule })] });
  await world.time.advance(minute);
  const byHand = await node.belfry.task("job").run();
  const answer = await node.belfry.explain("job", { at: on("12:15:00") });
  expect(answer.schedules.map(({ schedule: key, verdict }) => `${key} ${verdict}`)).toEqual([
    "often fired",
    "daily notDue",
  ]);
  expect(answer.byHand).toEqual([
    { trackingId: byHand.trackingId, triggeredAt: byHand.triggeredAt, status: expect.any(String) },
  ]);
  expect(answer.text).toMatch(
    /^job at 2026-01-05T12:15:00Z: often is running: .*; 1 schedule not due then; run by hand in that minute: 1 time$/,
  );
  expect((await node.belfry.explain("job", { at: on("12:16:00") })).text).toContain(
    "none of its 2 schedules is due then",
  );
});

test("explain refuses what it cannot read", async () => {
  const { belfry } = await new World().start({ tasks: [heldTask(new Job(), { schedule: quarter })] });
  await expect(belfry.explain("jop", { at: on("12:00:00") })).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
  await expect(belfry.explain("job", { at: on("12:00:00"), schedule: "x" })).rejects.toMatchObject({
    code: "E_SCHEDULE_UNKNOWN",
  });
  await expect(belfry.explain("job", { at: new Date("1960-01-01") })).rejects.toMatchObject({ code: "E_OPTION" });
  await expect(belfry.explain("job", {} as never)).rejects.toMatchObject({ code: "E_OPTION" });
});
