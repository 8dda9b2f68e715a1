import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  after,
  endedStates,
  hasEnded,
  type RunEvent,
  type RunState,
  type RunStatus,
  statusOf,
  transitions,
} from "./states.ts";

const states: readonly RunState[] = ["held", "delayed", "ready", "running", "completed", "failed"];
const events = Object.keys(transitions) as RunEvent[];
/** The seed's order: a run never goes back in it. */
const ranks: Record<RunStatus, number> = { pending: 0, processing: 1, completed: 2, errors: 2 };

describe("the transition table", () => {
  const table: [RunEvent, RunState[], RunState][] = [
    ["proceed", ["held"], "delayed"],
    ["due", ["delayed"], "ready"],
    ["claim", ["ready"], "running"],
    ["complete", ["running"], "completed"],
    ["fail", ["running"], "failed"],
    ["retry", ["running"], "delayed"],
    ["release", ["running"], "ready"],
    ["lose", ["running"], "ready"],
    ["giveUp", ["running"], "failed"],
    ["cancel", ["held", "delayed", "ready"], "failed"],
    ["expire", ["delayed", "ready"], "failed"],
  ];

  test("has these events and no others", () => expect(events).toEqual(table.map(([event]) => event)));

  test.each(table)("%s leads from %j to %s, and from nowhere else", (event, from, to) => {
    for (const state of states) expect(after(state, event)).toBe(from.includes(state) ? to : undefined);
  });

  test("is the one that docs/glossary.md shows", () => {
    const docs = readFileSync(new URL("../../../../docs/glossary.md", import.meta.url), "utf8");
    const rows = docs.split("\n").filter((line) => events.some((event) => line.startsWith(`| ${event} | `)));
    const drawn = events.map((event) => {
      const { from, to, when } = transitions[event];
      return `| ${event} | ${from.join(", ")} | ${to} | ${when} |`;
    });
    expect(rows.filter((row) => row.split("|").length === 6)).toEqual(drawn);
  });

  test("has no arrow out of an ended state, and a way to an end from every other", () => {
    expect(endedStates).toEqual(["completed", "failed"]);
    for (const state of states) {
      const next = events.flatMap((event) => after(state, event) ?? []);
      expect(next.length > 0).toBe(!hasEnded(state));
    }
    expect(reachable("held")).toEqual(new Set(states));
    for (const state of ["held", "delayed", "ready", "running"] as const)
      expect([...reachable(state)].some(hasEnded)).toBe(true);
  });
});

function reachable(from: RunState): Set<RunState> {
  const found = new Set<RunState>([from]);
  for (const state of found) for (const event of events) found.add(after(state, event) ?? state);
  return found;
}

describe("the seed's status", () => {
  test.each<[RunState, boolean, RunStatus]>([
    ["delayed", false, "pending"],
    ["ready", false, "pending"],
    ["running", true, "processing"],
    ["delayed", true, "processing"],
    ["ready", true, "processing"],
    ["completed", true, "completed"],
    ["failed", true, "errors"],
    ["failed", false, "errors"],
  ])("of %s (started: %s) is %s", (state, started, status) => expect(statusOf(state, started)).toBe(status));

  test("never goes back, whatever happens to a run", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (happenings) => {
        let state: RunState = "delayed";
        let started = false;
        let rank = 0;
        for (const event of happenings) {
          state = after(state, event) ?? state;
          started ||= state === "running";
          const next = ranks[statusOf(state, started)];
          expect(next).toBeGreaterThanOrEqual(rank);
          rank = next;
        }
      }),
    );
  });
});
