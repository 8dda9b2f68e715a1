import { defaults, limits } from "../base/limits.ts";
import { checkInteger, checkOneOf, readObject } from "../base/options.ts";
import { type CatchUpOption, type CatchUpRule, parseCatchUp, readCatchUp, ruleOf } from "../schedule/catchup.ts";
import { compile } from "../schedule/compile.ts";
import { type Overlap, overlaps } from "../schedule/overlap.ts";
import { parseScheduleTime, type ScheduleSpec } from "../schedule/spec.ts";
import { type PayloadOwner, payloadText } from "./payload.ts";

/** What a schedule may say beside when it is due and its payload. Default: what its task says. */
export interface ScheduleTerms {
  /** What happens to an instant that is due while an earlier run of this schedule is unfinished. */
  overlap?: Overlap;
  /** What happens to instants that were missed. */
  catchUp?: CatchUpOption;
  /** -100 to 100; higher goes first. */
  priority?: number;
  /** After so many failed runs in a row, 1 to 1,000, it is paused. Cancelled runs do not count. Default: never. */
  pauseOnFailure?: number;
}

/** The terms that schedules and triggers of a task have where they say nothing else. */
export interface TaskTerms {
  readonly overlap: Overlap;
  readonly catchUp: CatchUpRule;
  readonly priority: number;
}

/** One schedule, checked, with its task's terms where it has none of its own. */
export interface ParsedSchedule extends TaskTerms {
  readonly spec: ScheduleSpec;
  /** JSON text. */
  readonly payload?: string;
  readonly pauseOnFailure?: number;
  /** Whether its definition says in which zone its pattern is meant. */
  readonly namesZone: boolean;
}

/**
 * Reads a schedule as code or a caller at run time wrote it: a cron string, or when it is due, its payload and terms.
 * Throws E_SCHEDULE, E_TIMEZONE, E_DURATION, E_OPTION, E_OPTION_UNKNOWN, naming `field`, and E_PAYLOAD for what is no JSON.
 */
export function parseScheduleInput(
  value: unknown,
  field: string,
  given: TaskTerms & { readonly owner: PayloadOwner },
): ParsedSchedule {
  const { owner, ...terms } = given;
  if (typeof value !== "object" || value === null) {
    return { ...terms, spec: parseTime(value, field), namesZone: false };
  }
  const { payload, overlap, catchUp, priority, pauseOnFailure, ...time } = readObject(value, field, "a schedule");
  const own = parseTerms({ overlap, catchUp, priority }, (name) => `${field}.${name}`, terms);
  const failures = checkInteger(pauseOnFailure, `${field}.pauseOnFailure`, 1, limits.pauseOnFailureMax);
  return {
    ...own,
    ...(failures === undefined ? {} : { pauseOnFailure: failures }),
    spec: parseTime(time, field),
    payload: payloadText(owner, payload),
    namesZone: time.timezone !== undefined,
  };
}

/** A task's terms as a store has them. */
export function termsOf({ overlap, catchUp, priority }: Omit<TaskTerms, "catchUp"> & { catchUp: string }): TaskTerms {
  return { overlap, catchUp: readCatchUp(catchUp), priority };
}

/** The terms as a task or a schedule writes them. Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION. */
export function parseTerms(
  { overlap, catchUp, priority }: Record<string, unknown>,
  at: (field: string) => string,
  otherwise: TaskTerms = { overlap: "skip", catchUp: ruleOf("latest"), priority: defaults.priority },
): TaskTerms {
  return {
    overlap: checkOneOf(overlap, at("overlap"), overlaps) ?? otherwise.overlap,
    catchUp: parseCatchUp(catchUp, at("catchUp")) ?? otherwise.catchUp,
    priority: checkInteger(priority, at("priority"), limits.priorityMin, limits.priorityMax) ?? otherwise.priority,
  };
}

const beside = ["key", "payload", "overlap", "catchUp", "priority", "pauseOnFailure"];

function parseTime(value: unknown, field: string): ScheduleSpec {
  const spec = parseScheduleTime(value, field, beside);
  compile(spec);
  return spec;
}
