import { expect, test } from "vitest";
import type { Plan } from "../api/account.ts";
import { planLines } from "./plan-text.ts";

const plain = { style: (_: unknown, text: string) => text };
const nothing: Plan = {
  ...{ app: "default", changes: false, superseded: false, unchanged: 3 },
  ...{ tasks: [], schedules: [], surprises: [], pileUps: [] },
};
const first = "2026-11-25T02:00:00.000Z";
const second = "2026-11-26T02:00:00.000Z";

test("no changes are one word, and what stands is named", () => {
  const current = { number: 7, release: "2026.11", appliedAt: first };
  expect(planLines({ ...nothing, current }, plain)).toEqual([
    `app default: this set, which has no release, over deploy 7 (release 2026.11) of ${first}`,
    "nothing changes: 3 schedules stay",
  ]);
  const superseded = planLines({ ...nothing, release: "old", superseded: true, current }, plain);
  expect(superseded[0]).toContain("release old, over deploy 7");
  expect(superseded[2]).toContain("a start does not apply it again");
});

test("each change with what differs, and the firings before and after beside each other", () => {
  const plan: Plan = {
    ...nothing,
    changes: true,
    tasks: [
      { task: "new", change: "added" },
      { task: "bill", change: "changed", fields: ["overlap", "priority"] },
    ],
    schedules: [
      {
        ...{ task: "new", schedule: "default", change: "added", firingsBefore: [], firingsAfter: [first] },
        notes: ["n"],
      },
      { ...{ task: "old", schedule: "a", change: "removed", firingsBefore: [first], firingsAfter: [] }, notes: [] },
      {
        ...{ task: "bill", schedule: "b", change: "changed", notes: [] },
        ...{ before: { cron: "0 2 * * *", priority: 0, gone: 1 }, after: { cron: "0 3 * * *", priority: 0 } },
        ...{ firingsBefore: [first, second], firingsAfter: [second] },
      },
    ],
    surprises: [{ task: "bill", schedule: "b", local: "2027-03-28T02:30", kind: "shifted", text: "fires at 03:30" }],
    pileUps: [{ at: first, before: 9, after: 12 }],
  };
  expect(planLines(plan, plain).slice(1)).toEqual([
    "2 tasks and 3 schedules change, 3 stay",
    ...["", "tasks", "+ new", "~ bill: overlap, priority"],
    ...["", "schedules", "+ new default", "    n", "    will fire", `    ${first}`],
    ...["- old a", "    would have fired", `    ${first}`],
    ...["~ bill b", '    cron: "0 2 * * *" becomes "0 3 * * *"', "    gone: 1"],
    "    would have fired          will fire",
    ...[`    ${first}  ${second}`, `    ${second}`],
    ...["", "what changing clocks do within a year", "task  schedule  local             what"],
    "bill  b         2027-03-28T02:30  fires at 03:30",
    ...["", "minutes of the next day in which much is due", "at                        before  after"],
    `${first}  9       12`,
  ]);
});
