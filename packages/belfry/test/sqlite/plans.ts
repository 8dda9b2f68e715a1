import type { StatementSync } from "node:sqlite";
import { expect, vi } from "vitest";
import type { Bench } from "./kit.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

/** Every statement that is prepared while `work` is done, with its plan. */
export function plansOf(bench: Bench, work: () => void): Map<string, string[]> {
  const texts = new Set<string>();
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  try {
    work();
    for (const [text] of prepare.mock.calls) texts.add(text);
  } finally {
    prepare.mockRestore();
  }
  const known = [...texts].filter((text) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(text));
  return new Map(known.map((text) => [text, planOf(bench, text)]));
}

function planOf({ file }: Bench, text: string): string[] {
  const database = new DatabaseSync(file);
  const statement: StatementSync = database.prepare(`EXPLAIN QUERY PLAN ${text}`);
  const values = Array.from(text.matchAll(/\?/g), () => 1);
  const rows = statement.all(...values).map(({ detail }) => String(detail));
  database.close();
  return rows;
}

/** Indexes that hold nothing but what is few, whatever the store's size. */
const small = "runs_held|schedules_watched|backfills_draining|backfills_running";
const slow = new RegExp(
  `^SCAN (?!json_each|j\\b|CONSTANT|meta|\\w+ USING (COVERING )?INDEX (${small})$)|runs_history|TEMP B-TREE`,
);

/** The steps that read all of what grows (a table, an index, a task's history), or that sort. */
function slowStepsOf(plan: readonly string[]): string[] {
  return plan.filter((step) => slow.test(step));
}

/** Checks that no statement does so. */
export function expectFast(plans: Map<string, string[]>): void {
  expect(plans.size).toBeGreaterThan(0);
  for (const [text, plan] of plans) expect(slowStepsOf(plan), text).toEqual([]);
}
