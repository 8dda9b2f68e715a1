import { beforeAll, describe, expect, test } from "vitest";
import { simulateYear, type Year } from "./year.ts";

// Over the nights in which the clocks of Europe, Beirut, Gaza, Lord Howe and others change.
const startsAt = Date.UTC(2026, 2, 24);
const days = 14;

describe("two weeks of 200 schedules in 20 zones on three nodes, with crashes, jumps, deploys and edits", () => {
  let year: Year;
  beforeAll(async () => {
    year = await simulateYear({ seed: 1, days, startsAt });
  }, 300_000);

  test("break no promise, and the audit finds nothing", () => {
    expect(year.violation).toBeUndefined();
    expect(year.audit).toMatchObject({ findings: [], found: 0 });
    expect(year.audit.fired).toBeGreaterThan(3_000);
    expect(Object.keys(year.troubles).sort()).toEqual(["crash", "deploy", "edit", "jump", "outage"]);
  });

  test("a firing that is dropped is found", async () => {
    const { runs } = year.world.state;
    const dropped = [...runs.values()].filter(({ trigger }) => trigger === "schedule")[1_000];
    if (!dropped) throw new Error("nothing fired");
    runs.delete(dropped.id);
    const { findings } = await year.auditAgain();
    runs.set(dropped.id, dropped);
    const instant = new Date(dropped.scheduledFor ?? 0).toISOString();
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: "gap", instant, task: dropped.task, schedule: dropped.scheduleKey }),
    );
  });

  test("a span that is shortened is found, and a link that is cut out", async () => {
    const { spans, schedules } = year.world.state;
    const [id, links] = [...spans.bySchedule].find(([, kept]) => kept.some(({ reason }) => reason === "missed")) ?? [];
    const span = links?.find(({ reason }) => reason === "missed");
    const schedule = schedules.get(id ?? -1);
    if (!span || !links || !schedule) throw new Error("nothing was missed");
    const named = { task: schedule.task, schedule: schedule.key };
    const { upTo } = span;
    span.upTo -= 1;
    const shortened = await year.auditAgain();
    span.upTo = upTo;
    expect(shortened.findings).toContainEqual(expect.objectContaining(named));
    const at = links.indexOf(span);
    links.splice(at, 1);
    const cut = await year.auditAgain();
    links.splice(at, 0, span);
    expect(cut.findings).toContainEqual(expect.objectContaining(named));
    expect((await year.auditAgain()).found).toBe(0);
  });
});
