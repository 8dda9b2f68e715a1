import type { DstRule } from "../../../src/schedule/spec.ts";
import type { Pattern } from "./pattern.ts";
import { type Wall, wallOf } from "./wall.ts";
import type { OffsetReader } from "./zones.ts";

const minute = 60_000;
const reachMinutes = 27 * 60;
const longestGapMinutes = 180;

/** A local time, and the instants at which clocks show it. */
interface LocalTime {
  readonly wall: Wall;
  /** One; two where it comes twice. */
  readonly shown: number[];
}

/** A local time that clocks leave out: when it comes if it is moved by the gap's length, and when they change. */
interface LeftOut {
  readonly wall: Wall;
  readonly moved: number;
  readonly change: number;
}

/** Every minute around a change: what a person with a watch would write down. */
export interface Watch {
  readonly zone: string;
  readonly change: number;
  readonly local: readonly LocalTime[];
  readonly leftOut: readonly LeftOut[];
}

export function watch(zone: string, offsetAt: OffsetReader, change: number): Watch {
  const start = change - reachMinutes * minute;
  const local = new Map<number, LocalTime>();
  const leftOut: LeftOut[] = [];
  let last: number | undefined;
  for (let index = 0; index < 2 * reachMinutes; index++) {
    const instant = start + index * minute;
    const shown = Math.round((instant + offsetAt(instant)) / minute);
    const gapMinutes = last === undefined ? 0 : shown - last - 1;
    for (let skipped = 0; skipped < gapMinutes && gapMinutes <= longestGapMinutes; skipped++) {
      const wall = wallOf(shown - gapMinutes + skipped);
      leftOut.push({ wall, moved: instant + skipped * minute, change: instant });
    }
    const known = local.get(shown);
    if (known) known.shown.push(instant);
    else local.set(shown, { wall: wallOf(shown), shown: [instant] });
    last = shown;
  }
  return { zone, change, local: [...local.values()], leftOut };
}

/** The due instants by the letter of the rules, ascending. A pattern that covers every hour has no rule. */
export function walk(seen: Watch, pattern: Pattern, rule: DstRule): number[] {
  const due = new Set<number>();
  const gap = pattern.everyHour ? "skip" : (rule.gap ?? "shift");
  const repeat = pattern.everyHour ? "both" : (rule.repeat ?? "first");
  const add = (instant: number) => {
    for (const second of pattern.seconds) due.add(instant + second * 1_000);
  };
  for (const { wall, shown } of seen.local) {
    if (!pattern.matches(wall)) continue;
    if (repeat !== "last") add(shown[0] as number);
    if (repeat !== "first") add(shown.at(-1) as number);
  }
  for (const { wall, moved, change } of seen.leftOut) {
    if (gap === "skip" || !pattern.matches(wall)) continue;
    if (gap === "shift") add(moved);
    else if (pattern.seconds.size > 0) due.add(change);
  }
  return [...due].sort((a, b) => a - b);
}

/** Every rule that a schedule can have. */
export const allRules: readonly DstRule[] = ([undefined, "transition", "skip"] as const).flatMap((gap) =>
  ([undefined, "last", "both"] as const).map((repeat) => ({ ...(gap && { gap }), ...(repeat && { repeat }) })),
);
