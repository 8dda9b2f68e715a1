import { isDeepStrictEqual } from "node:util";
import { type CompiledSchedule, compile } from "../../../src/schedule/compile.ts";
import type { DstRule, ScheduleSpec } from "../../../src/schedule/spec.ts";
import { type Pattern, randomPattern } from "./pattern.ts";
import type { Random } from "./random.ts";
import { type Watch, walk } from "./walker.ts";

const day = 24 * 3_600_000;

/** A pattern that is due within the two days of a change, most likely near it. */
export function patternNear(random: Random, everyHour: boolean): Pattern {
  return randomPattern(random, { loneShares: [0.1, everyHour ? 1 : 0, 0.6, 0.9, 0.6] });
}

export type Compile = (spec: ScheduleSpec) => CompiledSchedule;

/** Where the evaluator and the walker differ in the day before and the day after a change, forward or backward. */
export function differenceOf(
  seen: Watch,
  pattern: Pattern,
  rule: DstRule,
  make: Compile = compile,
): { difference?: string; due: number } {
  const [from, until] = [seen.change - day, seen.change + day];
  const dst = pattern.everyHour || Object.keys(rule).length === 0 ? {} : { dst: rule };
  const compiled = make({ cron: pattern.cron, timezone: seen.zone, ...dst });
  const expected = walk(seen, pattern, rule).filter((instant) => instant > from && instant <= until);
  const forward = compiled.between(from, until, 1_000_000);
  const backward: number[] = [];
  for (let at = compiled.previous(until + 1); at !== undefined && at > from; at = compiled.previous(at))
    backward.push(at);
  backward.reverse();
  if (isDeepStrictEqual(forward, expected) && isDeepStrictEqual(backward, expected)) return { due: expected.length };
  const found = isDeepStrictEqual(forward, expected) ? backward : forward;
  const texts = (instants: number[]) => instants.map((instant) => new Date(instant).toISOString()).join(" ");
  const missing = texts(expected.filter((instant) => !found.includes(instant)));
  const surplus = texts(found.filter((instant) => !expected.includes(instant)));
  const context = `${pattern.cron} ${JSON.stringify(dst)} in ${seen.zone} around ${new Date(seen.change).toISOString()}`;
  return { difference: `${context}: missing ${missing}; surplus ${surplus}`, due: expected.length };
}
