import { describe, expect, test } from "vitest";
import { heldTask, Job, task } from "./support/jobs.ts";
import { type TestNode, World } from "./support/world.ts";

const minute = 60_000;
const quarter = "*/15 * * * *";

/** Three hours with two schedules, of which one overlaps itself, one is edited and removed, and an outage in the middle. */
async function history(): Promise<{ world: World; node: TestNode }> {
  const world = new World("2026-01-05T12:01:00.000Z");
  const tasks = [
    heldTask(new Job({ obeys: true }), { schedule: quarter }),
    task(() => {}, { schedule: { every: "10m" } }),
  ];
  const first = await world.start({ tasks });
  await first.belfry.schedules.put("task", "extra", { every: "4m" });
  await world.time.advance(30 * minute);
  await first.belfry.schedules.put("task", "extra", { every: "6m" });
  await first.belfry.schedules.pause("task", "extra");
  await world.time.advance(20 * minute);
  await first.belfry.schedules.resume("task", "extra");
  await first.stop();
  world.time.jump(60 * minute);
  const node = await world.start({ tasks });
  await world.time.advance(60 * minute);
  await node.belfry.schedules.delete("task", "extra");
  await world.time.advance(10 * minute);
  return { world, node };
}

const found = async ({ belfry }: TestNode) =>
  (await belfry.audit()).findings.map(
    ({ task: name, schedule, kind, instant }) => `${name}/${schedule} ${kind} ${instant.slice(11, 16)}`,
  );

describe("the audit", () => {
  test("finds nothing where all was decided, and counts what became of it", async () => {
    const { node } = await history();
    const audit = await node.belfry.audit();
    expect(audit.findings).toEqual([]);
    expect(audit).toMatchObject({
      schedules: 3,
      found: 0,
      notFired: { overlap: expect.any(Number), missed: expect.any(Number) },
    });
    const notFired = Object.values(audit.notFired).reduce((sum, count) => sum + count, 0);
    expect(audit.fired + notFired).toBe(audit.instants);
    const { instants } = await node.belfry.audit({ task: "job" });
    // From 12:15 to 14:45 or so: every quarter of an hour.
    expect(instants).toBe(12);
  });

  test("finds a firing that was dropped, one that was doubled, and one that was not due", async () => {
    const { world, node } = await history();
    const runs = [...world.state.runs.values()].filter((run) => run.task === "task" && run.scheduleKey === "default");
    const [first, second, third] = runs;
    if (!first || !second || !third) throw new Error("three runs were to be fired");
    world.state.runs.delete(first.id);
    const { scheduledFor = 0 } = third;
    world.state.addRun({ ...second, id: "0".repeat(24) });
    world.state.addRun({ ...third, id: "1".repeat(24), scheduledFor: scheduledFor + minute });
    expect(await found(node)).toEqual([
      "task/default gap 12:10",
      "task/default double 12:20",
      "task/default notDue 12:31",
    ]);
  });

  test("finds a span that was shortened, and a chain that was cut", async () => {
    const { world, node } = await history();
    const spans = [...world.state.spans.bySchedule.values()].flat();
    const overlap = spans.find(({ reason }) => reason === "overlap");
    const paused = spans.find(({ reason }) => reason === "paused");
    if (!overlap || !paused) throw new Error("two spans were to be recorded");
    overlap.upTo -= 1;
    paused.after += 1;
    expect(await found(node)).toEqual([
      expect.stringMatching(/^job\/default gap /),
      expect.stringMatching(/^task\/extra cut 12:31/),
    ]);
  });

  test("finds what is late, and what cannot be read", async () => {
    const { world, node } = await history();
    await node.stop();
    world.time.jump(20 * minute);
    for (const schedule of world.state.schedules.values()) if (schedule.task === "task") schedule.spec = "{}";
    const reader = await world.start({ work: false });
    expect(await found(reader)).toEqual([
      expect.stringMatching(/^job\/default late /),
      expect.stringMatching(/^task\/default invalid /),
    ]);
  });

  test("is of a range, of a task and of a schedule as asked; no further than what is kept", async () => {
    const { world, node } = await history();
    const from = new Date("2026-01-05T12:30:00Z");
    const to = new Date("2026-01-05T13:00:00Z");
    const { instants, schedules } = await node.belfry.audit({ task: "task", schedule: "default", from, to });
    expect([instants, schedules]).toEqual([3, 1]);
    await expect(node.belfry.audit({ task: "task", schedule: "none" })).rejects.toMatchObject({
      code: "E_SCHEDULE_UNKNOWN",
    });
    await expect(node.belfry.audit({ from: to, to: from })).rejects.toMatchObject({
      code: "E_OPTION",
      fields: { field: "from", value: to },
    });
    await expect(node.belfry.audit({ task: "none" })).rejects.toMatchObject({ code: "E_TASK_UNKNOWN" });
    const short = await world.start({ work: false, retentionMs: 60 * minute });
    const audit = await short.belfry.audit();
    expect(audit.found).toBe(0);
    expect(Date.parse(audit.from)).toBe(world.time.wallMs - 59 * minute);
  });
});
