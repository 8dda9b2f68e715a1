import { basename } from "node:path";
import type { ScheduleInput, ScheduleRule } from "../api/schedules.ts";
import { notesOf } from "../schedule/notes.ts";
import { parseScheduleTime, type ScheduleTime } from "../schedule/spec.ts";
import type { CliContext } from "./context.ts";
import { instant } from "./flags.ts";
import { readJson } from "./payload.ts";

/** The fields of a schedule that are instants: strings in JSON. */
const instantFields = ["start", "end", "anchor", "at"] as const;

/**
 * A schedule as it is written in JSON, with a `Date` for each of its instants. Everything else is as it was: whom it is
 * given to checks it. Throws E_OPTION.
 */
export function toInput(json: unknown): ScheduleInput {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json as ScheduleInput;
  const given: Record<string, unknown> = { ...json };
  for (const field of instantFields) {
    const value = given[field];
    if (typeof value === "string") given[field] = instant(`schedule.${field}`)(value);
  }
  return given as unknown as ScheduleInput;
}

/** What a schedule says in JSON of when it is due, as `nextFirings` reads it. */
export function toTime(rule: ScheduleRule): ScheduleTime {
  return toInput(rule) as ScheduleTime;
}

/** What is worth a word about when a schedule is due. */
export function notesOfTime(time: ScheduleTime): string[] {
  return notesOf(parseScheduleTime(time, "schedule"));
}

/** The calendars of files: in each one calendar, a list of them, or a list of dates, which is named as its file. */
export async function readCalendars(files: readonly string[], context: CliContext): Promise<unknown[]> {
  const calendars: unknown[] = [];
  for (const file of files) {
    const read = await readJson(file, context);
    if (!Array.isArray(read)) calendars.push(read);
    else if (read.every((one) => typeof one === "object")) calendars.push(...(read as unknown[]));
    else calendars.push({ name: basename(file).replace(/\.\w+$/, ""), dates: read as unknown[] });
  }
  return calendars;
}
