import { limits } from "../../base/limits.ts";
import type { AttemptOutcome } from "../../run/record.ts";
import type { FinishAnswer } from "../runs.ts";
import { endIfCancelled } from "./cancel.ts";
import { noteEnd } from "./ends.ts";
import { allows, isIn, moves, unfinished } from "./states.ts";
import type { Turn } from "./turn.ts";
import type { FinishTuple } from "./wire.ts";

/** A run whose attempt is over while the run goes on, as far as the attempt's row needs it. */
interface Holding {
  readonly seq: number;
  readonly task: number;
  readonly attempt: number;
  readonly token: number;
  readonly epoch: number;
  readonly claimedAt: number;
}

const holdingColumns = "seq, task, attempt, token, epoch, claimed_at AS claimedAt";
const isHolding = "id = ? AND token = ?";
/** The end is never before the attempt's start, nor the run's. */
const ends = "completed_at = max(?, started_at, claimed_at)";

const complete = `UPDATE runs SET ${moves("complete")}, ${ends} WHERE ${isHolding} AND ${allows("complete")}`;
const fail = `UPDATE runs SET ${moves("fail")}, ${ends}, outcome = ? WHERE ${isHolding} AND ${allows("fail")}`;
const retry = `UPDATE runs SET ${moves("retry")}, epoch = NULL, failures = failures + 1, available_at = ? WHERE seq = ? AND ${allows("retry")}`;
const release = `UPDATE runs SET ${moves("release")}, epoch = NULL, available_at = ? WHERE seq = ? AND ${allows("release")}`;

const keepResult = `INSERT INTO details (run, result, result_error) SELECT seq, ?, ? FROM runs WHERE id = ?
  ON CONFLICT (run) DO UPDATE SET result = excluded.result, result_error = excluded.result_error`;
const keepError = `INSERT INTO details (run, error) SELECT seq, ? FROM runs WHERE id = ?
  ON CONFLICT (run) DO UPDATE SET error = excluded.error`;

/** `RunStore.finish`. */
export function finish(turn: Turn, items: readonly FinishTuple[]): FinishAnswer[] {
  turn.forgetRunning();
  return items.map((item) => finishOne(turn, item) ?? (hasEndedUnder(turn, item) ? "done" : "stale"));
}

/** Undefined where the token does not hold. */
function finishOne(turn: Turn, item: FinishTuple): FinishAnswer | undefined {
  const { db, now } = turn;
  const [id, token, event, text, resultError, delayMs] = item;
  switch (event) {
    case "complete": {
      const done = Number(db.prepared(complete).run(now, id, token).changes) > 0;
      if (done && (text ?? resultError) !== undefined) db.run(keepResult, text, resultError, id);
      if (done) noteEnd(turn, event, { id });
      return done ? "done" : undefined;
    }
    case "fail": {
      const done = db.run(fail, now, codeOf(text), id, token) > 0;
      if (done) db.run(keepError, text, id);
      if (done) noteEnd(turn, event, { id });
      return done ? "done" : undefined;
    }
    default: {
      const sql = `SELECT ${holdingColumns} FROM runs WHERE ${isHolding} AND ${allows(event)}`;
      const holding = db.get<Holding>(sql, id, token);
      if (!holding) return undefined;
      if (event === "release") return giveBack(turn, holding);
      return putOff(turn, holding, text, delayMs ?? 0);
    }
  }
}

/** A finish whose answer was lost is asked again: done is what this token's attempt has ended by itself. */
const endedUnder = `SELECT 1 FROM runs WHERE ${isHolding} AND NOT ${unfinished} AND epoch IS NOT NULL AND outcome IS NOT 'E_LOST'`;

function hasEndedUnder({ db }: Turn, [id, token]: FinishTuple): boolean {
  return db.value<number>(endedUnder, id, token) !== undefined;
}

/** The failure's code: what the outcome of an attempt is called. */
function codeOf(failure: string | undefined): AttemptOutcome {
  return (JSON.parse(failure ?? "{}") as { code: AttemptOutcome }).code;
}

function putOff(turn: Turn, holding: Holding, failure: string | undefined, delayMs: number): FinishAnswer {
  const availableAt = Math.ceil(turn.now + delayMs);
  turn.db.run(retry, availableAt, holding.seq);
  keepAttempt(turn, holding, codeOf(failure), failure);
  turn.noteDelayed(availableAt);
  return endIfCancelled(turn, holding.seq) ? "cancelled" : "done";
}

/** Makes a held run ready again, its attempt given back; ends it where it is to be cancelled. */
export function giveBack(turn: Turn, holding: Holding): FinishAnswer {
  turn.db.run(release, turn.now, holding.seq);
  keepAttempt(turn, holding, "released");
  turn.noteReady(holding.task);
  return endIfCancelled(turn, holding.seq) ? "cancelled" : "done";
}

/** Keeps an attempt that ended without ending its run. */
export function keepAttempt(turn: Turn, holding: Holding, outcome: AttemptOutcome, failure?: string): void {
  const { seq, attempt, token, epoch, claimedAt } = holding;
  const sql =
    "INSERT INTO attempts (run, attempt, node, token, started_at, ended_at, outcome, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  turn.db.run(
    sql,
    seq,
    attempt,
    turn.nodeName(epoch),
    token,
    claimedAt,
    Math.max(turn.now, claimedAt),
    outcome,
    failure,
  );
  const oldest = attempt - limits.attemptsKept;
  if (oldest > 0) turn.db.run("DELETE FROM attempts WHERE run = ? AND attempt <= ?", seq, oldest);
}

/** The runs that an epoch holds, found among those that run: the planner would rather read the table in its order. */
export function heldBy({ db }: Turn, epoch: number): Holding[] {
  return db.all<Holding>(
    `SELECT ${holdingColumns} FROM runs INDEXED BY runs_running WHERE ${isIn("running")} AND epoch = ? ORDER BY seq`,
    epoch,
  );
}
