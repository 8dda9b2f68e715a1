import { AssertionError } from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { checkInstant, checkInteger, checkOptions, readArray, refuseOption } from "../base/options.ts";
import { type RunRecord, type RunTrigger, toIso, toRunRecord } from "../run/record.ts";
import type { RunStatus } from "../run/states.ts";
import type { SkipReason } from "../store/ledger.ts";
import { firedIn, keptFrom, reasonsIn } from "./reading.ts";
import type { TestRun } from "./run.ts";
import type { TestSchedule } from "./schedule.ts";

/** Which instants are looked at: from and to, both inclusive; of one schedule's key, or of all of the task. */
export interface InstantRange {
  from?: Date;
  to?: Date;
  schedule?: string;
}

/** What is expected to have fired: exactly these instants, or so many of them, in a range. */
export type FiredExpectation = readonly Date[] | (InstantRange & { instants?: readonly Date[]; count?: number });

/** What is expected not to have fired: a range, and why its instants did not. */
export type NotFiredExpectation = InstantRange & { reason?: SkipReason };

/** Which runs are expected, and how many: at least one where no count is given. */
export interface RunsExpectation {
  count?: number;
  status?: RunStatus;
  /** `completed`, or the code of the error it ended with. */
  outcome?: RunRecord["outcome"];
  trigger?: RunTrigger;
  /** The key of the schedule that made them. */
  schedule?: string;
  /** How many attempts each had. */
  attempts?: number;
}

const shownMax = 20;

/** Throws an AssertionError, where these did not fire. */
export function expectFired(task: string, schedules: readonly TestSchedule[], expectation: unknown): void {
  const given = Array.isArray(expectation) ? { instants: expectation as readonly unknown[] } : expectation;
  const options = checkOptions(given, "expectFired", ["instants", "count", "from", "to", "schedule"]);
  const { from, to, isAll } = rangeOf(options);
  const count = checkInteger(options.count, "count", 0, Number.MAX_SAFE_INTEGER);
  const wanted = instantsOf(options.instants);
  if (count !== undefined && isAll) {
    const fired = schedules.reduce((sum, schedule) => sum + schedule.fired, 0);
    if (fired !== count) fail(`task ${task} fired ${fired} times; expected ${count}`, fired, count);
  }
  if (wanted === undefined && count !== undefined && isAll) return;
  for (const schedule of schedules) checkKept(schedule, from);
  const fired = firedIn(schedules, from, to);
  const where = isAll ? "" : ` in ${shownRange(from, to)}`;
  if (count !== undefined && fired.length !== count) {
    fail(`task ${task} fired ${fired.length} times${where}; expected ${count}:\n${shown(fired)}`, fired.length, count);
  }
  if (wanted !== undefined && !isDeepStrictEqual(fired, wanted)) {
    const missing = wanted.filter((instant) => !fired.includes(instant));
    const extra = fired.filter((instant) => !wanted.includes(instant));
    const why = missing.length > 0 ? `\nmissing:\n${explained(schedules, missing)}` : "";
    const message = `task ${task} fired at other instants${where} than expected${why}${extra.length > 0 ? `\nnot expected:\n${shown(extra)}` : ""}`;
    fail(message, fired.map(toIso), wanted.map(toIso));
  }
  if (wanted === undefined && count === undefined && fired.length === 0) {
    fail(`task ${task} did not fire${where}`, 0, "at least one firing");
  }
}

/** Throws an AssertionError where something fired, or did not for another reason. */
export function expectNotFired(task: string, schedules: readonly TestSchedule[], expectation: unknown = {}): void {
  const options = checkOptions(expectation, "expectNotFired", ["from", "to", "schedule", "reason"]);
  const { from, to, isAll } = rangeOf(options);
  for (const schedule of schedules) checkKept(schedule, from);
  const fired = firedIn(schedules, from, to);
  const where = isAll ? "" : ` in ${shownRange(from, to)}`;
  if (fired.length > 0) fail(`task ${task} fired${where}:\n${shown(fired)}`, fired.map(toIso), []);
  if (options.reason === undefined) return;
  const reasons = reasonsIn(schedules, from, to);
  if (isDeepStrictEqual(reasons, [options.reason])) return;
  const said = reasons.length === 0 ? "nothing was decided there" : `what was decided is ${reasons.join(", ")}`;
  const message = `task ${task} did not fire${where}, and ${said}; expected ${String(options.reason)}`;
  fail(message, reasons, [options.reason]);
}

/** Throws an AssertionError where the runs are others, or of another number. */
export function expectRuns(task: string, runs: readonly TestRun[], expectation: unknown): void {
  const records = runs.map((run) => toRunRecord(run));
  if (Array.isArray(expectation)) {
    const wanted = expectation as readonly Partial<RunRecord>[];
    const actual = records.map((record, index) => pick(record, wanted[index] ?? {}));
    if (records.length === wanted.length && isDeepStrictEqual(actual, [...wanted])) return;
    const problem = records.length === wanted.length ? "other runs" : `${records.length} runs`;
    return fail(`task ${task} has ${problem}; expected ${wanted.length} such as given`, actual, [...wanted]);
  }
  const known = ["count", "status", "outcome", "trigger", "schedule", "attempts"];
  const { count: given, attempts, ...fields } = checkOptions(expectation, "expectRuns", known);
  const count = checkInteger(given, "count", 0, Number.MAX_SAFE_INTEGER);
  const matching = records.filter(
    (record) =>
      isDeepStrictEqual(pick(record, fields), fields) &&
      (attempts === undefined || record.attempts.length === attempts),
  );
  if (count === undefined ? matching.length > 0 : matching.length === count) return;
  const asked = JSON.stringify(attempts === undefined ? fields : { ...fields, attempts });
  const list = records.slice(-shownMax).map(({ trackingId, status, outcome, attempts: tries, trigger }) => {
    return `  ${trackingId} ${trigger} ${status} ${outcome ?? ""} after ${tries.length} attempt(s)`;
  });
  const expected = count ?? "at least one";
  fail(
    `task ${task} has ${matching.length} runs ${asked}; expected ${expected}. Its newest:\n${list.join("\n")}`,
    matching.length,
    expected,
  );
}

function rangeOf(options: Record<string, unknown>): { from: number; to: number; isAll: boolean } {
  const from = checkInstant(options.from, "from") ?? -Infinity;
  const to = checkInstant(options.to, "to") ?? Infinity;
  return { from, to, isAll: from === -Infinity && to === Infinity };
}

function instantsOf(value: unknown): number[] | undefined {
  if (value === undefined) return undefined;
  const list = readArray(value, "instants", "an array of dates", 10_000_000);
  return list
    .map(
      (item, index) => checkInstant(item, `instants[${index}]`) ?? refuseOption(`instants[${index}]`, item, "a Date"),
    )
    .sort((one, other) => one - other);
}

/** What was dropped cannot be judged. */
function checkKept(schedule: TestSchedule, from: number): void {
  if (from >= keptFrom(schedule)) return;
  refuseOption("from", from === -Infinity ? undefined : new Date(from), "an instant that is still kept; raise `keep`");
}

function explained(schedules: readonly TestSchedule[], instants: readonly number[]): string {
  const lines = instants.slice(0, shownMax).map((instant) => {
    const reasons = reasonsIn(schedules, instant, instant);
    return `  ${toIso(instant)} (${reasons.join(", ") || "nothing was decided"})`;
  });
  return lines.concat(more(instants.length)).join("\n");
}

function shown(instants: readonly number[]): string {
  return instants
    .slice(0, shownMax)
    .map((instant) => `  ${toIso(instant)}`)
    .concat(more(instants.length))
    .join("\n");
}

function more(count: number): string[] {
  return count > shownMax ? [`  and ${count - shownMax} more`] : [];
}

function shownRange(from: number, to: number): string {
  const text = (ms: number, otherwise: string) => (Number.isFinite(ms) ? toIso(ms) : otherwise);
  return `${text(from, "its beginning")} to ${text(to, "now")}`;
}

function pick(record: RunRecord, like: object): Record<string, unknown> {
  const fields = record as unknown as Record<string, unknown>;
  return Object.fromEntries(Object.keys(like).map((key) => [key, fields[key]]));
}

function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected, operator: "deepStrictEqual", stackStartFn: fail });
}
