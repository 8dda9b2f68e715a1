import { expect, test } from "vitest";
import { judge } from "./check/judge.ts";
import { storm } from "./load/storm.ts";
import { seed } from "./support/chance.ts";
import { cleanUp, testFolder } from "./support/folder.ts";
import { collect, type History } from "./support/history.ts";

cleanUp();

test(`200 kills at random moments under load (seed ${seed})`, { timeout: 1_200_000 }, async () => {
  const driven = await storm({ folder: testFolder(), seed, kills: 200, betweenMsMax: 1_500, everyMs: 12 });
  const history = await collect(driven);
  const violations = judge(history);
  console.log(`kills ${text(driven.kills)}; ${summary(history)}; violations ${violations.length}`);
  expect(violations.slice(0, 50)).toEqual([]);
  // Without these the storm would prove little.
  const outcomes = count([...history.runs.values()].flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)));
  expect(outcomes.get("lost") ?? 0).toBeGreaterThan(100);
  expect(history.runs.size).toBeGreaterThan(2_000);
});

function summary({ runs, entries, timetables }: History): string {
  const rows = [...runs.values()];
  return [
    `runs ${rows.length}, ${text(count(rows.map(({ trigger }) => trigger)))}, ${text(count(rows.map(({ state }) => state)))}`,
    `attempts ${text(count(rows.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome))))}`,
    `journals ${text(count(entries.map(({ kind }) => kind)))}`,
    `decisions ${text(count(timetables.flatMap(({ decided }) => decided.map(({ decision }) => decision))))}`,
    `instants due ${timetables.reduce((sum, { due }) => sum + due.length, 0)}`,
  ].join("; ");
}

function count(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function text(counts: ReadonlyMap<string, number> | Record<string, number>): string {
  const pairs = counts instanceof Map ? [...counts] : Object.entries(counts);
  return pairs.map(([what, times]) => `${times} ${what}`).join(" ");
}
