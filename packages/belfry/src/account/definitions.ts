import { textOf } from "../base/text.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { PastSchedule, ScheduleRow } from "../store/schedules.ts";

/** A definition and the instants that were its own: those in (since, upTo]. */
export interface Held {
  readonly rules: PastSchedule;
  readonly spec?: ScheduleSpec;
  /** Absent where it cannot be read, and `problem` says why. */
  readonly schedule?: CompiledSchedule;
  readonly problem?: string;
}

/** How many instants lie in a range, and the first and the last of them. */
export interface Found {
  readonly count: number;
  readonly first?: number;
  readonly last?: number;
}

/** How many instants are listed before others get their turn. */
const slice = 1_000;

/** The definitions that a schedule has had, oldest first: what was due, and when. */
export class Definitions {
  readonly held: readonly Held[];

  /** `past` ascending: what it said before, of a removed schedule all that it said. */
  constructor(row: ScheduleRow, past: readonly PastSchedule[]) {
    const identity = `${row.task}/${row.key}`;
    const standing = row.removed ? [] : [{ ...row, upTo: Infinity }];
    // A row that was read before an edit is the newest that is known.
    const before = row.removed ? past : past.filter(({ since }) => since < row.since);
    this.held = [...before, ...standing].map((rules) => read(rules, identity));
  }

  /** Whose instant it is: of the definition that held then. */
  at(instant: number): Held | undefined {
    return this.held.findLast(({ rules }) => rules.since < instant && instant <= rules.upTo);
  }

  /** Whether it was due then; undefined where the definition that held cannot be read. */
  isDue(instant: number): boolean | undefined {
    const held = this.at(instant);
    if (!held) return false;
    return held.schedule && held.schedule.next(instant - 1) === instant;
  }

  /** The first instant in (after, upTo]. */
  first(after: number, upTo: number): number | undefined {
    for (const { rules, schedule } of this.held) {
      const end = Math.min(rules.upTo, upTo);
      const begin = Math.max(rules.since, after);
      const instant = begin < end ? schedule?.next(begin) : undefined;
      if (instant !== undefined && instant <= end) return instant;
    }
    return undefined;
  }

  /** The last instant before `before`. */
  last(before: number): number | undefined {
    for (const { rules, schedule } of this.held.toReversed()) {
      if (rules.since >= before) continue;
      const instant = schedule?.previous(Math.min(before, rules.upTo + 1));
      if (instant !== undefined && instant > rules.since) return instant;
    }
    return undefined;
  }

  /** The instants in (after, upTo], slice by slice, so that others get their turn in between. */
  *count(after: number, upTo: number): Generator<void, Found> {
    let [count, first, last]: [number, number | undefined, number | undefined] = [0, undefined, undefined];
    for (const { rules, spec, schedule } of this.held) {
      const end = Math.min(rules.upTo, upTo);
      let at = Math.max(rules.since, after);
      if (!schedule || at >= end) continue;
      const [one, another] = [schedule.next(at), schedule.previous(end + 1)];
      if (one === undefined || another === undefined || one > end) continue;
      first ??= one;
      last = another;
      if (spec && "everyMs" in spec && !spec.exclude) {
        count += (another - one) / spec.everyMs + 1;
        continue;
      }
      for (let some = schedule.between(at, end, slice); some.length > 0; some = schedule.between(at, end, slice)) {
        count += some.length;
        at = some.at(-1) as number;
        yield;
      }
    }
    return { count, first, last };
  }
}

function read(rules: PastSchedule, identity: string): Held {
  try {
    const spec = JSON.parse(rules.spec) as ScheduleSpec;
    return { rules, spec, schedule: compile(spec, identity) };
  } catch (error) {
    return { rules, problem: textOf(error) };
  }
}
