import { describe, expect, test } from "vitest";
import type { Explanation, InstantAccount } from "../api/account.ts";
import { didRun, explanationLines } from "./explanation-text.ts";

const plain = { style: (_: unknown, text: string) => text };
const at = "2026-11-25T02:00:00.000Z";
const account = (verdict: InstantAccount["verdict"], more: Partial<InstantAccount> = {}): InstantAccount => {
  return { schedule: "default", verdict, causes: [], text: `it ${verdict}`, ...more };
};
const explained = (...schedules: InstantAccount[]): Explanation => ({
  task: "bill",
  at,
  schedules,
  byHand: [],
  text: "so",
});

describe("whether it ran", () => {
  test("where something fired, and nothing that was due did not", () => {
    expect(didRun([explained(account("fired"))])).toBe(true);
    expect(didRun([explained(account("fired"), account("notDue"))])).toBe(true);
    expect(didRun([explained(account("fired"), account("notFired"))])).toBe(false);
    for (const verdict of ["notFired", "undecided", "ahead", "notDue", "unknown"] as const) {
      expect(didRun([explained(account(verdict))])).toBe(false);
    }
    expect(didRun([explained()])).toBe(false);
  });

  test("a local time that comes twice is one question", () => {
    expect(didRun([explained(account("fired")), explained(account("notDue"))])).toBe(true);
    expect(didRun([explained(account("notDue")), explained(account("notDue"))])).toBe(false);
  });
});

test("for people: the sentences, what is known, and what ran by hand", () => {
  const missed = account("notFired", { reason: "missed", previous: at, down: { from: "a", to: "b" } });
  const byHand = [{ trackingId: "1".repeat(24), triggeredAt: at, status: "completed" as const }];
  expect(explanationLines({ ...explained(missed), byHand }, plain)).toEqual([
    ...["so", "", "default: notFired", "  it notFired"],
    ...["  reason    missed", `  previous  ${at}`, "  noNodeUp  a to b"],
    ...["", "byHand", "  trackingId                triggeredAt               status"],
    `  ${"1".repeat(24)}  ${at}  completed`,
  ]);
});
