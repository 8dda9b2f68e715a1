import type { ErrorCode } from "../base/errors.ts";
import type { Failure, RunError } from "./failure.ts";
import { type RunState, type RunStatus, statusOf } from "./states.ts";

/** What may ask for a run. */
export const runTriggers = ["schedule", "manual", "retry", "backfill"] as const;

/** What asked for a run: a firing, a person or program, the retry of an ended run, or a backfill. */
export type RunTrigger = (typeof runTriggers)[number];

/** How an attempt ended. `released`: given back by a stopping node; `lost`: its node died. */
export type AttemptOutcome = "completed" | "released" | "lost" | ErrorCode;

/** An ended attempt as stores keep it; times are milliseconds since 1970. */
export interface AttemptRow {
  attempt: number;
  node: string;
  token: number;
  startedAt: number;
  endedAt: number;
  outcome: AttemptOutcome;
  error?: Failure;
}

/** A run as every store answers it; times are milliseconds since 1970 by the store's clock, JSON is kept as text. */
export interface RunRow {
  id: string;
  taskId: string;
  task: string;
  app: string;
  trigger: RunTrigger;
  state: RunState;
  priority: number;
  triggeredAt: number;
  availableAt: number;
  startedAt?: number;
  completedAt?: number;
  scheduleKey?: string;
  scheduledFor?: number;
  backfillId?: string;
  /** The first run's id, for the retry of a run that no schedule made. */
  rootId?: string;
  retryOf?: string;
  reason?: string;
  payload?: string;
  result?: string;
  resultError?: string;
  progress?: { value: number; note?: string };
  /** Ended attempts, oldest first, at most the newest 100. */
  attempts: AttemptRow[];
  /** The attempt that runs now. */
  current?: { attempt: number; node: string; token: number; startedAt: number };
  outcome?: AttemptOutcome;
  cancelRequested: boolean;
}

/** What `run()` answers: the seed's five fields, in the seed's order. */
export interface TriggerRecord {
  /** 24 lower-case hex characters; ask `getTaskStatus` with it. */
  trackingId: string;
  /** The task's own id: made when the store first saw its name, never changed. */
  cronJobId: string;
  /** The task's name. */
  cronJobName: string;
  /** ISO 8601 with milliseconds, by the store's clock. */
  triggeredAt: string;
  /** `pending` in the answer of a trigger. */
  status: RunStatus;
}

/** What `getTaskStatus()` answers: the seed's seven fields, each absent until known, and `errors` only on failure. */
export interface StatusRecord extends TriggerRecord {
  /** When the first attempt started. */
  startedAt?: string;
  /** When the run ended, however it ended. */
  completedAt?: string;
  /** Why it failed: an entry for every failed attempt. */
  errors?: RunError[];
}

/** One attempt in the full record. */
export interface Attempt {
  attempt: number;
  /** The process that ran it. */
  node: string;
  /** Grows with every claim in the store; what a handler passes to outside systems to fence off late writers. */
  fencingToken: number;
  startedAt: string;
  endedAt?: string;
  outcome?: AttemptOutcome;
  error?: Failure;
}

/** The full record of a run, as `runs.get` answers it: the seed's fields and everything else that is known. */
export interface RunRecord extends StatusRecord {
  app: string;
  trigger: RunTrigger;
  /** The schedule's key, for a run that a schedule made. */
  schedule?: string;
  /** The instant it stands for, for a run that a schedule or a backfill made. */
  scheduledFor?: string;
  /** The backfill that made it. */
  backfill?: string;
  /** The idempotency key for the handler's own effects: stable for retries and replays of one instant. */
  key: string;
  priority: number;
  reason?: string;
  payload?: unknown;
  result?: unknown;
  /** Why the handler's result could not be stored; the run completed all the same. */
  resultError?: string;
  progress?: { value: number; note?: string };
  attempts: Attempt[];
  /** How the run ended: `completed` or the code of its error. */
  outcome?: AttemptOutcome;
  /** Start of the first attempt minus the due instant, in milliseconds. */
  latenessMs?: number;
  retryOf?: string;
}

/** The idempotency key of a run: its instant where a schedule made it, else the id of the first run of its chain. */
export function runKey(run: Pick<RunRow, "id" | "taskId" | "scheduleKey" | "scheduledFor" | "rootId">): string {
  if (run.scheduledFor === undefined) return run.rootId ?? run.id;
  return `${run.taskId}/${run.scheduleKey}/${toIso(run.scheduledFor)}`;
}

/** Milliseconds since 1970 as ISO 8601 with milliseconds. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A row as the five fields of a trigger's answer: always `pending`, as it was when the trigger was kept. */
export function toTriggerRecord(run: { id: string; taskId: string; task: string; triggeredAt: number }): TriggerRecord {
  return {
    trackingId: run.id,
    cronJobId: run.taskId,
    cronJobName: run.task,
    triggeredAt: toIso(run.triggeredAt),
    status: "pending",
  };
}

/** A row as the seed's record. */
export function toStatusRecord(run: RunRow): StatusRecord {
  const record: StatusRecord = { ...toTriggerRecord(run), status: statusOf(run.state, run.startedAt !== undefined) };
  if (run.startedAt !== undefined) record.startedAt = toIso(run.startedAt);
  if (run.completedAt !== undefined) record.completedAt = toIso(run.completedAt);
  if (run.state === "failed") record.errors = errorsOf(run);
  return record;
}

function errorsOf(run: RunRow): RunError[] {
  return run.attempts.flatMap(({ attempt, endedAt, error }) =>
    error ? [{ attempt, code: error.code, name: error.name, message: error.message, at: toIso(endedAt) }] : [],
  );
}

/** A row as the full record. */
export function toRunRecord(run: RunRow): RunRecord {
  return {
    ...toStatusRecord(run),
    app: run.app,
    trigger: run.trigger,
    ...defined({
      schedule: run.scheduleKey,
      scheduledFor: run.scheduledFor === undefined ? undefined : toIso(run.scheduledFor),
      backfill: run.backfillId,
    }),
    key: runKey(run),
    priority: run.priority,
    ...defined({
      reason: run.reason,
      payload: run.payload === undefined ? undefined : (JSON.parse(run.payload) as unknown),
      result: run.result === undefined ? undefined : (JSON.parse(run.result) as unknown),
      resultError: run.resultError,
      progress: run.progress,
    }),
    attempts: attemptsOf(run),
    ...defined({
      outcome: run.outcome,
      latenessMs:
        run.startedAt !== undefined && run.scheduledFor !== undefined && run.trigger !== "backfill"
          ? run.startedAt - run.scheduledFor
          : undefined,
      retryOf: run.retryOf,
    }),
  };
}

function attemptsOf(run: RunRow): Attempt[] {
  const ended = run.attempts
    .filter(({ attempt }) => attempt > 0)
    .map(({ attempt, node, token, startedAt, endedAt, outcome, error }) => ({
      attempt,
      node,
      fencingToken: token,
      startedAt: toIso(startedAt),
      endedAt: toIso(endedAt),
      outcome,
      ...defined({ error }),
    }));
  if (!run.current) return ended;
  const { attempt, node, token, startedAt } = run.current;
  return [...ended, { attempt, node, fencingToken: token, startedAt: toIso(startedAt) }];
}

/** The object without its undefined values: a record's field is absent until it is known. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
