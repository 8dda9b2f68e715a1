import { describe, expect, test } from "vitest";
import { compile } from "../schedule/compile.ts";
import type { ScheduleRow, ScheduleRules } from "../store/schedules.ts";
import type { TaskRow } from "../store/tasks.ts";
import { PileUps } from "./pile-ups.ts";
import { changesOf, type PlanInput, type PlannedTask, taskChanges, toScheduleChange } from "./plan.ts";
import { toPlanSurprise } from "./surprise-text.ts";

const now = Date.parse("2026-03-01T03:00:30Z");
const hourly = JSON.stringify({ everyMs: 3_600_000, anchor: 0 });

const rulesOf = (key: string, fields: Partial<ScheduleRules> = {}): ScheduleRules => ({
  ...{ key, spec: hourly, priority: 0, overlap: "skip", catchUp: "latest" },
  ...fields,
});
const rowOf = (task: string, key: string, fields: Partial<ScheduleRow> = {}): ScheduleRow => ({
  ...{ id: 1, taskId: "", task, app: "default", origin: "code", version: 1, failures: 0, changedAt: 0 },
  ...{ ...rulesOf(key), cursor: now, since: 0 },
  ...fields,
});
const taskOf = (name: string, schedules: ScheduleRules[] = [], fields: Partial<PlannedTask> = {}): PlannedTask => ({
  ...{ name, enabled: true, onLost: "retry", priority: 0, overlap: "skip", catchUp: "latest", schedules },
  ...fields,
});
const standing = (name: string): TaskRow => {
  const { schedules: _, ...rules } = taskOf(name);
  return { ...rules, id: name, app: "default", defined: true };
};

test("equal definitions are no change, whatever order and whatever fields are absent", () => {
  const set = [taskOf("b", [rulesOf("y"), rulesOf("x", { payload: undefined })]), taskOf("a", [rulesOf("z")])];
  const schedules = [rowOf("a", "z"), rowOf("b", "x"), rowOf("b", "y")];
  expect(changesOf({ set, schedules })).toEqual({ changes: [], unchanged: 3 });
  expect(taskChanges({ set, tasks: [standing("a"), standing("b")] })).toEqual([]);
});

test.each<Partial<ScheduleRules>>([
  { spec: JSON.stringify({ everyMs: 60_000, anchor: 0 }) },
  { payload: "1" },
  { priority: 1 },
  { overlap: "allow" },
  { catchUp: "all" },
  { pauseOnFailure: 3 },
])("a schedule is changed by %j", (fields) => {
  const set = [taskOf("a", [rulesOf("x", fields)])];
  const { changes, unchanged } = changesOf({ set, schedules: [rowOf("a", "x")] });
  expect([changes.length, unchanged]).toEqual([1, 0]);
});

test("a task says which of its fields change", () => {
  const set = [taskOf("a", [], { enabled: false, concurrency: 2 })];
  expect(taskChanges({ set, tasks: [standing("a")] })).toEqual([
    { task: "a", change: "changed", fields: ["enabled", "concurrency"] },
  ]);
});

describe("a change is shown", () => {
  const show = ({ key }: ScheduleRules) => ({ key });
  const input = (set: PlannedTask[], tasks = [standing("a")]): PlanInput => ({ now, tasks, schedules: [], set, show });

  test("without firings of a task that is off, before or after", () => {
    const off = taskOf("a", [], { enabled: false });
    const change = { task: "a", row: rowOf("a", "x"), rules: rulesOf("x", { priority: 1 }) };
    const shown = toScheduleChange(change, input([off]));
    expect([shown.firingsBefore.length, shown.firingsAfter.length]).toEqual([10, 0]);
    expect(shown).toMatchObject({ change: "changed", before: { key: "x" }, after: { key: "x" } });
  });

  test("with what is worth a word", () => {
    const row = rowOf("a", "x", { spec: "{}", origin: "runtime", pause: { at: 0 } });
    const { notes, firingsBefore } = toScheduleChange({ task: "a", row, rules: rulesOf("x") }, input([taskOf("a")]));
    expect(firingsBefore).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining("made at run time"),
      expect.stringContaining("stays so"),
      expect.stringContaining("cannot be read"),
    ]);
  });
});

test("pile-ups are minutes with more than ten schedules, each counted once a minute, the worst first", () => {
  const found = new PileUps(now);
  const add = (everyMs: number, side: { before: boolean; after: boolean }) => {
    const spec = { everyMs, anchor: 0 };
    for (const _ of found.add({ spec, schedule: compile(spec) }, { cursor: now }, side));
  };
  for (let n = 0; n < 10; n++) add(6 * 3_600_000, { before: true, after: true });
  expect(found.worst()).toEqual([]);
  add(1_000, { before: false, after: true });
  add(12 * 3_600_000, { before: true, after: true });
  expect(found.worst()).toEqual([
    { at: "2026-03-01T12:00:00.000Z", before: 11, after: 12 },
    { at: "2026-03-02T00:00:00.000Z", before: 11, after: 12 },
    { at: "2026-03-01T06:00:00.000Z", before: 10, after: 11 },
    { at: "2026-03-01T18:00:00.000Z", before: 10, after: 11 },
  ]);
});

test.each([
  [
    "shifted",
    "2026-03-29 02:30 does not exist on that day: it fires at 1970-01-01T00:00:01Z, and so with 1 more local time",
  ],
  ["lost", "2026-03-29 02:30 does not exist on that day: it does not fire, and so with 1 more local time"],
  [
    "once",
    "2026-03-29 02:30 comes twice on that day: it fires once, at 1970-01-01T00:00:01Z, and so with 1 more local time",
  ],
  [
    "twice",
    "2026-03-29 02:30 comes twice on that day: it fires at 1970-01-01T00:00:01Z and again at 1970-01-01T00:00:02Z, and so with 1 more local time",
  ],
] as const)("a surprise is said: %s", (kind, text) => {
  const surprise = { kind, local: "2026-03-29T02:30:00", instant: 1_000, again: 2_000, change: 0, count: 2 };
  expect(toPlanSurprise("a", "x", surprise)).toEqual({ task: "a", schedule: "x", local: surprise.local, kind, text });
});
