import type { RunStatus } from "../run/states.ts";
import type { Cause } from "../schedule/why.ts";
import type { SkipReason } from "../store/ledger.ts";

/** What became of one instant of one schedule. */
export interface InstantAccount {
  schedule: string;
  /**
   * `fired`: it has a run. `notFired`: it was decided, `reason` says why not. `undecided`: it is due, and nothing has
   * decided it yet. `ahead`: it lies in the future. `notDue`: the schedule has no such instant. `unknown`: before what
   * the ledger keeps.
   */
  verdict: "fired" | "notFired" | "undecided" | "ahead" | "notDue" | "unknown";
  reason?: SkipReason;
  /** The instants (after, upTo] that share the reason. */
  after?: string;
  upTo?: string;
  trackingId?: string;
  status?: RunStatus;
  latenessMs?: number;
  /** The schedule's instants around it. */
  previous?: string;
  next?: string;
  /** Why it is not due: calendars, bounds, clocks that were set. */
  causes: Cause[];
  /** While it was due no node is known to have been up: from the last sign of life to the next start. */
  down?: { from?: string; to?: string };
  /** The same in a sentence. */
  text: string;
}

/** Why a task did or did not run at an instant. */
export interface Explanation {
  task: string;
  at: string;
  /** One for each of its schedules, also those that were removed since; at most 1,000, those that were due first. */
  schedules: InstantAccount[];
  /** Runs of the task by hand that were triggered within the same minute, at most 10. */
  byHand: { trackingId: string; triggeredAt: string; status: RunStatus }[];
  text: string;
}

/** Something that the audit found wrong with a schedule's ledger. */
export interface AuditFinding {
  task: string;
  schedule: string;
  /**
   * `gap`: a due instant that nothing decided. `double`: one that was decided twice. `notDue`: one that fired and was
   * not due. `cut`: a link of the chain that does not begin where the one before ended. `late`: due for longer than
   * 30 s, and undecided. `invalid`: the definition cannot be read.
   */
  kind: "gap" | "double" | "notDue" | "cut" | "late" | "invalid";
  /** The instant, or where the link begins. */
  instant: string;
  text: string;
}

/** What `audit` answers. */
export interface Audit {
  from: string;
  to: string;
  schedules: number;
  /** How many instants were due, and what became of them. */
  instants: number;
  fired: number;
  notFired: Partial<Record<SkipReason, number>>;
  /** At most 1,000. */
  findings: AuditFinding[];
  /** How many there are. */
  found: number;
}

/** Which schedules and instants to audit. */
export interface AuditOptions {
  task?: string;
  schedule?: string;
  /** Default: as far back as the ledger reaches. Not after `to`. */
  from?: Date;
  /** Default: now. */
  to?: Date;
}

/** A minute in which much is due. */
export interface ForecastMinute {
  at: string;
  firings: number;
  /** How many runs are expected to run at once in it. */
  concurrency: number;
  /** The tasks with the most firings, at most five. */
  tasks: { task: string; firings: number }[];
}

/** What is due in the hours to come. */
export interface Forecast {
  from: string;
  to: string;
  /** How many schedules fire in that time. */
  schedules: number;
  firings: number;
  /** How many instants fire in each minute, from `from` on. */
  perMinute: number[];
  /** How many runs are expected to run at once at the most, by how long past runs took. */
  peakConcurrency: number;
  /** The minutes with the most firings, at most ten, the worst first. */
  worst: ForecastMinute[];
  /** Schedules whose runs take longer than the time to their next instant, at most 100. */
  overlapping: { task: string; schedule: string; durationMs: number; everyMs: number }[];
  /** Tasks whose durations are not known, since none of their runs has completed. */
  unknownDurations: string[];
}

/** What the code of this process would change about one schedule. */
export interface ScheduleChange {
  task: string;
  schedule: string;
  change: "added" | "removed" | "changed";
  /** What it says before and after: time and terms. */
  before?: object;
  after?: object;
  /** The next ten firings. */
  firingsBefore: string[];
  firingsAfter: string[];
  notes: string[];
}

/** What a deploy would change. */
export interface Plan {
  app: string;
  /** Whether it changes anything. */
  changes: boolean;
  release?: string;
  current?: { number: number; release?: string; appliedAt: string };
  /** The release was applied before and has been superseded: a start would not apply it. */
  superseded: boolean;
  tasks: { task: string; change: "added" | "removed" | "changed"; fields?: string[] }[];
  schedules: ScheduleChange[];
  unchanged: number;
  /** What changing clocks do to the schedules of the set within a year, at most 100. */
  surprises: { task: string; schedule: string; local: string; kind: string; text: string }[];
  /** Minutes of the next 24 h in which more than ten schedules of the store and the set fire, the worst ten. */
  pileUps: { at: string; before: number; after: number }[];
}

/** A set of definitions that an app has, or had. */
export interface DeployInfo {
  number: number;
  app: string;
  release?: string;
  digest: string;
  appliedAt: string;
  current: boolean;
}
