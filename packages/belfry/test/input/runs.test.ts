import { describe, expect, test } from "vitest";
import { type Belfry, defineTask } from "../../src/index.ts";
import { expectRefused } from "./support/refusal.ts";
import { tables } from "./support/tables.ts";

const unknownId = "0123456789abcdef01234567";
const { engine, refused } = tables([defineTask({ name: "bill", handler: () => {} })]);

/** Calls as a caller without types may make them. */
const runs =
  (verb: "get" | "list" | "cancel" | "retry" | "logs", ...args: unknown[]) =>
  (belfry: Belfry) =>
    (belfry.runs[verb] as (...args: unknown[]) => unknown)(...args);

const reason = "expected text of 1 to 1000 characters, well-formed and without NUL";

describe("runs", () => {
  refused([
    ["get: no id", runs("get"), "E_TRACKING_ID", "tracking id undefined is malformed"],
    ["get: a number", runs("get", 5), "E_TRACKING_ID", "tracking id 5 is malformed"],
    ["list: null", runs("list", null), "E_OPTION", "runs.list is null; expected an object of options"],
    [
      "list: an unknown option",
      runs("list", { tasks: "bill" }),
      "E_OPTION_UNKNOWN",
      'tasks is no option of runs.list (did you mean "task"?)',
    ],
    [
      "list: a task that is no text",
      runs("list", { task: 5 }),
      "E_OPTION",
      "task is 5; expected text of 1 to 128 characters",
    ],
    [
      "list: a status of others",
      runs("list", { status: "failed" }),
      "E_OPTION",
      'status is "failed"; expected "pending" or "processing" or "completed" or "errors"',
    ],
    [
      "list: a trigger of others",
      runs("list", { trigger: "cron" }),
      "E_OPTION",
      'trigger is "cron"; expected "schedule" or "manual" or "retry"',
    ],
    ["list: a date as text", runs("list", { from: "2026" }), "E_OPTION", 'from is "2026"; expected a valid Date'],
    [
      "list: an invalid date",
      runs("list", { to: new Date("x") }),
      "E_OPTION",
      "to is an invalid Date; expected a valid Date",
    ],
    [
      "list: no items at all",
      runs("list", { limit: 0 }),
      "E_OPTION",
      "limit is 0; expected a whole number from 1 to 1000",
    ],
    [
      "list: too many items",
      runs("list", { limit: 1_001 }),
      "E_OPTION",
      "limit is 1001; expected a whole number from 1 to 1000",
    ],
    [
      "list: a cursor of others",
      runs("list", { cursor: "abc" }),
      "E_CURSOR",
      'cursor "abc" is none of ours; pass the `cursor` of the page before',
    ],
    ["list: a cursor that is negative", runs("list", { cursor: "-1" }), "E_CURSOR", 'cursor "-1" is none of ours'],
    ["list: a cursor too large", runs("list", { cursor: "9".repeat(40) }), "E_CURSOR", "is none of ours"],
    ["list: a cursor that is a number", runs("list", { cursor: 5 }), "E_OPTION", "cursor is 5; expected text"],
    [
      "cancel: an unknown run",
      runs("cancel", unknownId),
      "E_RUN_UNKNOWN",
      `there is no run "${unknownId}"; runs are kept for 7d`,
    ],
    ["cancel: a malformed id", runs("cancel", "x"), "E_TRACKING_ID", 'tracking id "x" is malformed'],
    [
      "cancel: a reason in place of the options",
      runs("cancel", unknownId, "why"),
      "E_OPTION",
      'runs.cancel is "why"; expected an object of options',
    ],
    [
      "cancel: an unknown option",
      runs("cancel", unknownId, { why: "x" }),
      "E_OPTION_UNKNOWN",
      "why is no option of runs.cancel; known are reason",
    ],
    ["cancel: a long reason", runs("cancel", unknownId, { reason: "x".repeat(1_001) }), "E_OPTION", reason],
    ["retry: an unknown run", runs("retry", unknownId), "E_RUN_UNKNOWN", `there is no run "${unknownId}"`],
    ["retry: a malformed id", runs("retry", null), "E_TRACKING_ID", "tracking id null is malformed"],
    ["retry: a reason that is no text", runs("retry", unknownId, { reason: 5 }), "E_OPTION", `reason is 5; ${reason}`],
    ["logs: an unknown run", runs("logs", unknownId), "E_RUN_UNKNOWN", `there is no run "${unknownId}"`],
    ["logs: a malformed id", runs("logs", {}), "E_TRACKING_ID", "tracking id an object is malformed"],
    ["logs: a place that is none", runs("logs", unknownId, { after: "x" }), "E_CURSOR", 'cursor "x" is none of ours'],
    ["logs: a place as a number", runs("logs", unknownId, { after: 5 }), "E_CURSOR", "cursor 5 is none of ours"],
    [
      "logs: too many lines",
      runs("logs", unknownId, { limit: 1_001 }),
      "E_OPTION",
      "limit is 1001; expected a whole number from 1 to 1000",
    ],
    [
      "logs: an unknown option",
      runs("logs", unknownId, { follow: true }),
      "E_OPTION_UNKNOWN",
      "follow is no option of runs.logs; known are after, limit",
    ],
  ]);

  test("retry: a run that has not ended, which stays as it is", async () => {
    const { belfry } = engine();
    const { trackingId } = await belfry.task("bill").run({ delay: "1h" });
    const before = await belfry.runs.get(trackingId);
    await expectRefused(
      () => belfry.runs.retry(trackingId),
      "E_RUN_UNFINISHED",
      `run "${trackingId}" has not ended; cancel it first`,
    );
    expect(await belfry.runs.get(trackingId)).toEqual(before);
    expect(await belfry.runs.cancel(trackingId)).toBe("ended");
  });
});
