import { describe, expect, test } from "vitest";
import { type RunRow, runKey, toIso, toRunRecord, toStatusRecord, toTriggerRecord } from "./record.ts";

const triggeredAt = Date.parse("2022-03-20T23:00:53.966Z");
const startedAt = Date.parse("2022-03-20T23:00:54.009Z");
const completedAt = Date.parse("2022-03-20T23:00:54.036Z");
const taskId = "6237b1f17c2a9625f0b2119e";
const id = "6237b225b9a84d607cd79044";
const error = { code: "E_HANDLER", name: "Error", message: "broken", stack: "Error: broken\n    at …" } as const;

function rowOf(fields: Partial<RunRow> = {}): RunRow {
  return {
    ...{ id, taskId, task: "billOnDemand", app: "default", trigger: "manual", state: "ready", priority: 0 },
    ...{ triggeredAt, availableAt: triggeredAt, attempts: [], cancelRequested: false },
    ...fields,
  };
}

function attempt(number: number, fields: object = {}) {
  return {
    attempt: number,
    node: "host.1",
    token: number + 40,
    startedAt,
    endedAt: completedAt,
    outcome: "E_HANDLER",
    ...fields,
  } as const;
}

const triggered = {
  trackingId: id,
  cronJobId: taskId,
  cronJobName: "billOnDemand",
  triggeredAt: "2022-03-20T23:00:53.966Z",
  status: "pending",
};
const started = { startedAt: "2022-03-20T23:00:54.009Z" };
const completed = { completedAt: "2022-03-20T23:00:54.036Z" };

describe("the seed's records", () => {
  test("of a trigger: five fields in the seed's order, always pending", () => {
    for (const state of ["ready", "running", "completed"] as const) {
      expect(Object.entries(toTriggerRecord(rowOf({ state })))).toEqual(Object.entries(triggered));
    }
  });

  test.each<[string, Partial<RunRow>, object]>([
    ["pending", {}, triggered],
    ["delayed", { state: "delayed" }, triggered],
    ["processing", { state: "running", startedAt }, { ...triggered, status: "processing", ...started }],
    [
      "between attempts",
      { state: "delayed", startedAt, attempts: [attempt(1, { error })] },
      { ...triggered, status: "processing", ...started },
    ],
    [
      "completed",
      { state: "completed", startedAt, completedAt },
      { ...triggered, status: "completed", ...started, ...completed },
    ],
    [
      "completed after a failed attempt",
      {
        state: "completed",
        startedAt,
        completedAt,
        attempts: [attempt(1, { error }), attempt(2, { outcome: "completed" })],
      },
      { ...triggered, status: "completed", ...started, ...completed },
    ],
    [
      "errors",
      {
        state: "failed",
        startedAt,
        completedAt,
        attempts: [attempt(1, { error }), attempt(2, { outcome: "released" }), attempt(3, { error })],
      },
      {
        ...{ ...triggered, status: "errors", ...started, ...completed },
        errors: [1, 3].map((number) => ({
          attempt: number,
          code: "E_HANDLER",
          name: "Error",
          message: "broken",
          at: completed.completedAt,
        })),
      },
    ],
    [
      "errors without an attempt",
      {
        state: "failed",
        completedAt,
        attempts: [attempt(0, { node: "", error: { code: "E_CANCELLED", name: "BelfryError", message: "x" } })],
      },
      {
        ...triggered,
        status: "errors",
        ...completed,
        errors: [{ attempt: 0, code: "E_CANCELLED", name: "BelfryError", message: "x", at: completed.completedAt }],
      },
    ],
  ])("of a run: %s", (_, row, record) => {
    expect(Object.entries(toStatusRecord(rowOf(row)))).toEqual(Object.entries(record));
  });
});

describe("the full record", () => {
  test("has what is known and nothing else", () => {
    expect(Object.entries(toRunRecord(rowOf()))).toEqual(
      Object.entries({ ...triggered, app: "default", trigger: "manual", key: id, priority: 0, attempts: [] }),
    );
  });

  test("has everything, in its order", () => {
    const record = toRunRecord(
      rowOf({
        ...{
          trigger: "retry",
          state: "failed",
          startedAt,
          completedAt,
          scheduleKey: "monthly",
          scheduledFor: triggeredAt,
        },
        ...{
          retryOf: "6237b225b9a84d607cd79045",
          reason: "again",
          payload: '{"month":"2022-03"}',
          result: "null",
          resultError: "x",
        },
        ...{ progress: { value: 0.5, note: "half" }, attempts: [attempt(1, { error })], outcome: "E_HANDLER" },
      }),
    );
    expect(Object.entries(record)).toEqual(
      Object.entries({
        ...{ ...triggered, status: "errors", ...started, ...completed },
        errors: [{ attempt: 1, code: "E_HANDLER", name: "Error", message: "broken", at: completed.completedAt }],
        ...{ app: "default", trigger: "retry", schedule: "monthly", scheduledFor: triggered.triggeredAt },
        ...{
          key: `${taskId}/monthly/2022-03-20T23:00:53.966Z`,
          priority: 0,
          reason: "again",
          payload: { month: "2022-03" },
        },
        ...{ result: null, resultError: "x", progress: { value: 0.5, note: "half" } },
        attempts: [
          {
            attempt: 1,
            node: "host.1",
            fencingToken: 41,
            ...started,
            endedAt: completed.completedAt,
            outcome: "E_HANDLER",
            error,
          },
        ],
        ...{ outcome: "E_HANDLER", latenessMs: 43, retryOf: "6237b225b9a84d607cd79045" },
      }),
    );
  });

  test("shows the attempt that runs, and not the end that no attempt brought", () => {
    const current = { attempt: 2, node: "host.2", token: 77, startedAt };
    const running = toRunRecord(rowOf({ state: "running", startedAt, attempts: [attempt(1, { error })], current }));
    expect(running.attempts).toHaveLength(2);
    expect(running.attempts[1]).toEqual({ attempt: 2, node: "host.2", fencingToken: 77, ...started });
    expect(toRunRecord(rowOf({ state: "failed", completedAt, attempts: [attempt(0)] })).attempts).toEqual([]);
  });

  test("is JSON that comes back the same", () => {
    const record = toRunRecord(rowOf({ payload: '{"a":[1]}', attempts: [attempt(1, { error })] }));
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

describe("the key of a run", () => {
  const instant = { scheduleKey: "monthly", scheduledFor: 0 };
  test.each<[string, Partial<RunRow>, string]>([
    ["by hand: its own id", {}, id],
    ["the retry of one by hand: the first one's id", { rootId: "f".repeat(24) }, "f".repeat(24)],
    ["of an instant: the instant's", instant, `${taskId}/monthly/1970-01-01T00:00:00.000Z`],
    [
      "the retry of one of an instant: the instant's too",
      { ...instant, rootId: "f".repeat(24) },
      `${taskId}/monthly/1970-01-01T00:00:00.000Z`,
    ],
  ])("%s", (_, row, key) => expect(runKey(rowOf(row))).toBe(key));
});

test("times are ISO 8601 with milliseconds", () => {
  expect([0, 999, Date.UTC(2099, 11, 31, 23, 59, 59, 999)].map(toIso)).toEqual([
    ...["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.999Z", "2099-12-31T23:59:59.999Z"],
  ]);
});
