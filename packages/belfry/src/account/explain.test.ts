import { describe, expect, test } from "vitest";
import type { RunRow } from "../run/record.ts";
import type { LedgerItem, SkipReason } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { Definitions } from "./definitions.ts";
import { downAt } from "./down.ts";
import { explainInstant } from "./explain.ts";
import type { InstantFacts } from "./facts.ts";

const hour = 3_600_000;
const at = Date.parse("2026-03-01T03:00:00Z");

function factsOf(given: Partial<InstantFacts> = {}, fields: Partial<ScheduleRow> = {}): InstantFacts {
  const row: ScheduleRow = {
    ...{ id: 1, taskId: "", task: "job", key: "default", app: "default", origin: "code", version: 1, failures: 0 },
    ...{
      spec: JSON.stringify({ cron: "0 * * * *", timezone: "UTC" }),
      priority: 0,
      overlap: "bufferOne",
      catchUp: "skip",
    },
    ...{ cursor: at + hour, since: at - 9 * hour, changedAt: 0 },
    ...fields,
  };
  const definitions = new Definitions(row, []);
  return { at, now: at + 2 * hour, row, definitions, isEnabled: true, keptFrom: at - 5 * hour, ...given };
}

const span = (decision: SkipReason): LedgerItem => ({ after: at - hour, upTo: at, decision });
const run = (fields: Partial<RunRow>) => ({ id: "r", state: "running", ...fields }) as RunRow;
const fired: LedgerItem = { after: at - hour, upTo: at, decision: "fired", trackingId: "r" };
const textOf = (given: Partial<InstantFacts>, fields?: Partial<ScheduleRow>) =>
  explainInstant(factsOf(given, fields)).text;

describe("an instant that did not fire says why", () => {
  test.each<[SkipReason, string]>([
    ["overlap", "did not run: an earlier run was still unfinished (overlap bufferOne)"],
    [
      "bufferFull",
      "did not run: an earlier run was still unfinished, and no more may wait behind it (overlap bufferOne)",
    ],
    ["paused", "did not run: the schedule was paused then; it was resumed since"],
    ["skipped", "did not run: it was skipped: somebody asked to skip instants"],
    [
      "missed",
      "did not run: it was missed: nodes were up, but none decided it in time, and catchUp skip did not run it later",
    ],
    ["disabled", "did not run: its task was disabled"],
    ["removed", "did not run: its definition was changed or removed before anything had decided it"],
    ["invalid", "did not run: its definition could not be read: it was mended since"],
  ])("%s", (reason, text) => {
    const account = explainInstant(factsOf({ item: span(reason) }));
    expect(account).toMatchObject({ verdict: "notFired", reason, text, upTo: "2026-03-01T03:00:00.000Z" });
  });

  test("and what a backfill made of it since", () => {
    expect(textOf({ item: span("paused"), sinceThen: "completed" })).toBe(
      "did not run: the schedule was paused then; it was resumed since; a backfill ran it since, and its run completed",
    );
    expect(textOf({ item: span("paused"), sinceThen: "none" })).not.toContain("backfill");
  });

  test("with the run that was in its way", () => {
    const blocker = run({ id: "b", scheduledFor: at - hour, completedAt: at + 60_000 });
    expect(textOf({ item: span("overlap"), blocker })).toBe(
      "did not run: the run of 2026-03-01T02:00:00Z (tracking id b, ended at 2026-03-01T03:01:00Z) was still unfinished (overlap bufferOne)",
    );
  });

  test("with the pause that still holds, and with what is skipped", () => {
    const pause = { at: at - 60_000, author: "ann", reason: "holidays", until: at + 5 * hour };
    expect(textOf({ item: span("paused") }, { pause })).toBe(
      "did not run: the schedule was paused by ann since 2026-03-01T02:59:00Z until 2026-03-01T08:00:00Z: holidays",
    );
    expect(textOf({ item: span("skipped") }, { skipUntil: at + 1 })).toContain("before 2026-03-01T03:00:00.001Z");
  });
});

test.each<[Partial<RunRow>, string]>([
  [{ state: "completed", startedAt: at }, "ran: run r completed; it started at 2026-03-01T03:00:00Z"],
  [
    { state: "failed", outcome: "E_LOST", completedAt: at + 1_000 },
    "ran and failed: run r ended with E_LOST at 2026-03-01T03:00:01Z",
  ],
  [{ state: "held" }, "fired: run r waits for earlier runs of its schedule to end"],
  [{ state: "ready" }, "fired: run r has not started yet; it waits for a free node"],
  [{ state: "running", startedAt: at }, "is running: run r is unfinished; it started at 2026-03-01T03:00:00Z"],
])("a firing says how its run stands: %j", (fields, text) => {
  expect(textOf({ item: fired, run: run(fields) })).toBe(text);
});

describe("an instant without a decision", () => {
  test("lies ahead, and says what will come of it", () => {
    const now = at - hour;
    const cursor = now;
    const ahead = (given: Partial<InstantFacts> = {}, fields: Partial<ScheduleRow> = {}) =>
      explainInstant(factsOf({ now, ...given }, { cursor, ...fields }));
    expect(ahead()).toMatchObject({ verdict: "ahead", text: "lies ahead: it is due then" });
    expect(ahead({ isEnabled: false }).text).toContain("its task is disabled");
    expect(ahead({}, { pause: { at: 0 } }).text).toContain("the schedule was paused since 1970-01-01T00:00:00Z");
    expect(ahead({}, { pause: { at: 0, until: at } }).text).toBe("lies ahead: it is due then");
    expect(ahead({}, { skipUntil: at + 1 }).text).toContain("will be skipped");
    const spec = JSON.stringify({ everyMs: hour, anchor: 0, spreadMs: hour / 2 });
    expect(ahead({}, { spec }).text).toMatch(/^lies ahead: its run is due at 2026-03-01T03:\d\d:\S+Z \(spread\)$/);
  });

  test("is undecided, or unknown", () => {
    expect(explainInstant(factsOf({ now: at + 1_000 }, { cursor: at - 1 }))).toMatchObject({ verdict: "undecided" });
    expect(textOf({ now: at + 90_000, down: { from: at - 1_000 } }, { cursor: at - 1 })).toBe(
      "has been due for 1m30s, and nothing has decided it: no node was up from 2026-03-01T02:59:59Z on",
    );
    expect(explainInstant(factsOf())).toMatchObject({
      verdict: "unknown",
      text: expect.stringContaining("belfry audit"),
    });
    expect(textOf({ keptFrom: at + 1 })).toContain("is kept no longer (the ledger begins at 2026-03-01T03:00:00.001Z)");
  });
});

test("a firing of what was not due is told all the same", () => {
  const facts = factsOf({ item: { ...fired, upTo: at + 60_000 }, at: at + 60_000, run: run({ state: "completed" }) });
  expect(explainInstant(facts)).toMatchObject({ verdict: "fired", trackingId: "r" });
});

describe("nodes were down", () => {
  const life = (epoch: number, startedAt: number, seenAt: number) => ({ name: "n", epoch, startedAt, seenAt });

  test("from the last sign of life to the next start", () => {
    expect(downAt([life(1, 0, 10), life(2, 5, 20), life(3, 50, 90), life(4, 40, 60)], 30)).toEqual({
      from: 20,
      to: 40,
    });
    expect(downAt([life(1, 0, 10)], 30)).toEqual({ from: 10 });
    expect(downAt([life(1, 50, 60)], 30)).toEqual({ to: 50 });
    expect(downAt([], 30)).toEqual({});
  });

  test("never while one is known to have lived", () => {
    expect(downAt([life(1, 0, 30), life(2, 50, 90)], 30)).toBeUndefined();
    expect(downAt([life(1, 30, 30)], 30)).toBeUndefined();
  });
});
