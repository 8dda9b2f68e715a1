import type { Connection } from "./connection.ts";
import { isBroken, isBusy, isOfStore, toCommitError, toWireError, type WireError } from "./failures.ts";
import { type Slots, Turn } from "./turn.ts";
import { type WriteVerb, writes } from "./verbs.ts";

/** A call that writes, as its thread has it. */
export interface WriteCall {
  readonly id: number;
  readonly verb: WriteVerb;
  readonly args: unknown;
  readonly by: Slots | undefined;
  /** The store's clock. */
  readonly now: () => number;
}

/** A call's answer, or its error. */
export type Answer =
  | readonly [id: number, answer: unknown]
  | readonly [id: number, answer: undefined, error: WireError];

/** What became of a group. A call without an answer was not begun. `busy`: none was, another connection has the lock. */
export interface GroupOutcome {
  readonly answers: readonly Answer[];
  readonly busy?: boolean;
  /** How many commits changed more than leases. */
  readonly changes: number;
  /** The connection has to be opened anew, because of this error. */
  readonly broken?: WireError;
}

/**
 * Runs calls in one transaction; the answers may be given once it is here. Where a call's own data is at fault, every
 * call gets a transaction to itself, so that only the bad one fails.
 */
export function commitGroup(db: Connection, calls: readonly WriteCall[], file: string): GroupOutcome {
  try {
    db.run("BEGIN IMMEDIATE");
  } catch (error) {
    return isBusy(error) ? { answers: [], busy: true, changes: 0 } : failed(calls, error, file);
  }
  const turn = new Turn(db);
  let answers: Answer[];
  let changes: number;
  try {
    answers = calls.map((call) => [call.id, runCall(turn, call)]);
    changes = turn.flush() ? 1 : 0;
  } catch (error) {
    db.rollback();
    return isOfStore(error) || calls.length === 1 ? failed(calls, error, file) : commitEach(db, calls, file);
  }
  try {
    db.run("COMMIT");
  } catch (error) {
    db.rollback();
    const broken = isBroken(error) ? { broken: toWireError(error, file) } : {};
    return { answers: refuse(calls, toCommitError(error, file)), changes: 0, ...broken };
  }
  return { answers, changes };
}

function runCall(turn: Turn, { verb, args, by, now }: WriteCall): unknown {
  turn.now = now();
  const write = writes[verb] as (turn: Turn, args: unknown, by: Slots | undefined) => unknown;
  return write(turn, args, by && { ...by });
}

function commitEach(db: Connection, calls: readonly WriteCall[], file: string): GroupOutcome {
  const answers: Answer[] = [];
  let changes = 0;
  for (const call of calls) {
    const outcome = commitGroup(db, [call], file);
    answers.push(...outcome.answers);
    changes += outcome.changes;
    if (outcome.busy) break;
    if (outcome.broken) return { ...outcome, answers, changes };
  }
  return { answers, changes };
}

function failed(calls: readonly WriteCall[], error: unknown, file: string): GroupOutcome {
  const wire = toWireError(error, file);
  return { answers: refuse(calls, wire), changes: 0, ...(isBroken(error) ? { broken: wire } : {}) };
}

function refuse(calls: readonly WriteCall[], error: WireError): Answer[] {
  return calls.map(({ id }) => [id, undefined, error]);
}
