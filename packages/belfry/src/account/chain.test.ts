import { describe, expect, test } from "vitest";
import type { LedgerItem } from "../store/ledger.ts";
import type { PastSchedule, ScheduleRow } from "../store/schedules.ts";
import { standingFinding } from "./audit.ts";
import { Chain, type Finding } from "./chain.ts";
import { Definitions } from "./definitions.ts";

const hour = 3_600_000;
const day = Date.parse("2026-03-01T00:00:00Z");
const at = (hours: number) => day + hours * hour;
const hourly = JSON.stringify({ cron: "0 * * * *", timezone: "UTC" });

function rowOf(fields: Partial<ScheduleRow> = {}): ScheduleRow {
  return {
    ...{ id: 1, taskId: "", task: "job", key: "default", app: "default", origin: "code", version: 1, failures: 0 },
    ...{ spec: hourly, priority: 0, overlap: "skip", catchUp: "latest", cursor: at(9), since: day, changedAt: day },
    ...fields,
  };
}

const fired = (hours: number, after = hours - 1): LedgerItem => ({
  ...{ after: at(after), upTo: at(hours), decision: "fired", trackingId: `r${hours}` },
});
const span = (after: number, upTo: number, decision: LedgerItem["decision"] = "missed"): LedgerItem => ({
  ...{ after: at(after), upTo: at(upTo), decision },
});

function audit(items: LedgerItem[], { row = rowOf(), past = [] as PastSchedule[], from = day } = {}) {
  const findings: Finding[] = [];
  const chain = new Chain(new Definitions(row, past), { from, upTo: row.cursor }, (finding) => findings.push(finding));
  for (const _ of chain.take(items));
  for (const _ of chain.end());
  return { chain, findings, kinds: findings.map(({ kind, instant }) => `${kind} ${instant.slice(11, 16)}`) };
}

describe("a chain", () => {
  const whole = [fired(1), fired(2), span(2, 5), fired(6, 5), span(6, 8, "overlap"), fired(9, 8)];

  test("that accounts for every instant gives no finding, and counts what became of each", () => {
    const { chain, findings } = audit(whole);
    expect(findings).toEqual([]);
    expect([chain.instants, chain.fired, chain.notFired]).toEqual([9, 4, { missed: 3, overlap: 2 }]);
  });

  test.each<[string, LedgerItem[], string[]]>([
    ["a firing dropped", [fired(1), span(2, 5), ...whole.slice(3)], ["gap 02:00"]],
    ["a firing dropped before another", [fired(2, 0), ...whole.slice(2)], ["gap 01:00"]],
    ["the last firing dropped", whole.slice(0, -1), ["gap 09:00"]],
    ["a span dropped", [...whole.slice(0, 2), fired(6, 2), ...whole.slice(4)], ["gap 03:00"]],
    ["a span that begins later", [...whole.slice(0, 2), span(3, 5), ...whole.slice(3)], ["gap 03:00"]],
    ["a span that ends earlier", [...whole.slice(0, 2), span(2, 4), fired(6, 4), ...whole.slice(4)], ["gap 05:00"]],
    ["a chain cut where nothing is due", [...whole.slice(0, 2), span(2.5, 5), ...whole.slice(3)], ["cut 02:30"]],
    ["a span that begins earlier", [...whole.slice(0, 2), span(1, 5), ...whole.slice(3)], ["double 02:00"]],
    ["an instant that fired twice", [fired(1), fired(1, 1), ...whole.slice(1)], ["double 01:00"]],
    [
      "a firing within a span",
      [...whole.slice(0, 2), fired(4, 2), span(2, 5), ...whole.slice(3)],
      ["gap 03:00", "double 03:00"],
    ],
    ["one that was not due", [fired(1), fired(1.5, 1), fired(2, 1.5), ...whole.slice(2)], ["notDue 01:30"]],
  ])("with %s is found, and named", (_, items, expected) => {
    const { kinds, findings } = audit(items);
    expect(kinds).toEqual(expected);
    for (const { text } of findings) expect(text).toMatch(/2026-03-01T\d\d:\d\d:\d\dZ/);
  });

  test("is judged by the definition that held then", () => {
    const halves = JSON.stringify({ everyMs: hour / 2, anchor: 0 });
    const past: PastSchedule[] = [
      { ...{ key: "default", spec: halves, priority: 0, overlap: "skip", catchUp: "latest" }, since: day, upTo: at(2) },
    ];
    const row = rowOf({ since: at(2.25), cursor: at(4) });
    const items = [fired(0.5, 0), fired(1, 0.5), fired(1.5, 1), fired(2, 1.5), span(2, 2.25, "removed")];
    const after = [fired(3, 2.25), fired(4)];
    expect(audit([...items, ...after], { row, past }).kinds).toEqual([]);
    expect(audit([...items.slice(0, 2), fired(2, 1), ...items.slice(4), ...after], { row, past }).kinds).toEqual([
      "gap 01:30",
    ]);
    expect(audit([...items, fired(2.5, 2.25), fired(3, 2.5), fired(4)], { row, past }).kinds).toEqual(["notDue 02:30"]);
  });

  test("of which the beginning is not kept begins where it is asked from", () => {
    expect(audit([span(2, 5), ...whole.slice(3)], { from: at(3) }).kinds).toEqual([]);
    expect(audit([{ ...fired(6), after: at(6) }, ...whole.slice(4)], { from: at(5) }).kinds).toEqual([]);
    expect(audit([fired(6), ...whole.slice(4)], { from: at(4) }).kinds).toEqual(["gap 05:00"]);
  });

  test("of a definition that cannot be read is checked for its links only", () => {
    const row = rowOf({ spec: "{}" });
    expect(audit(whole, { row }).kinds).toEqual([]);
    expect(audit([...whole.slice(0, 2), span(3, 5), ...whole.slice(3)], { row }).kinds).toEqual(["cut 03:00"]);
  });

  test("of a million missed instants gives others their turn", () => {
    const row = rowOf({ spec: JSON.stringify({ cron: "* * * * *", timezone: "UTC" }), cursor: at(16_667) });
    const chain = new Chain(new Definitions(row, []), { from: day, upTo: row.cursor }, () => {});
    let turns = 0;
    for (const _ of chain.take([span(0, 16_667)])) turns += 1;
    expect(chain.notFired).toEqual({ missed: 16_667 * 60 });
    expect(turns).toBeGreaterThan(1_000);
  });

  test("of an interval's million is not walked", () => {
    const row = rowOf({ spec: JSON.stringify({ everyMs: 60_000, anchor: 7 }), cursor: at(16_667) });
    const chain = new Chain(new Definitions(row, []), { from: day, upTo: row.cursor }, () => {});
    expect([...chain.take([span(0, 16_667)])]).toEqual([]);
    expect(chain.instants).toBe(16_667 * 60);
  });
});

describe("a schedule as it stands", () => {
  const find = (row: ScheduleRow, now: number, to = now) => standingFinding(row, new Definitions(row, []), { now, to });

  test("is late where an instant has been due for more than 30 s", () => {
    expect(find(rowOf(), at(10) + 30_000)).toBeUndefined();
    expect(find(rowOf(), at(10) + 31_000)).toMatchObject({ kind: "late", instant: "2026-03-01T10:00:00.000Z" });
    expect(find(rowOf(), at(10) + 31_000, at(9.5))).toBeUndefined();
  });

  test("is invalid where its definition cannot be read", () => {
    const bad = JSON.stringify({ cron: "61 * * * *", timezone: "UTC" });
    expect(find(rowOf({ spec: bad }), at(9))).toMatchObject({ kind: "invalid", text: expect.stringContaining("61") });
    expect(find(rowOf({ spec: "not JSON" }), at(9))).toMatchObject({ kind: "invalid" });
  });
});
