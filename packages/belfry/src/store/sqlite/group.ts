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

/**
 * What became of a group. `busy`: another connection has the lock, nothing was done. `broken`: the connection has to be
 * opened anew, because of this error. A call without an answer was not begun.
 */
export type GroupOutcome = { readonly answers: readonly Answer[]; readonly broken?: WireError } | "busy";

/**
 * Runs calls in one transaction; the answers may be given once it is here. Where a call's own data is at fault, every
 * call gets a transaction to itself, so that only the bad one fails.
 */
export function commitGroup(db: Connection, calls: readonly WriteCall[], file: string): GroupOutcome {
  try {
    db.exec("BEGIN IMMEDIATE");
  } catch (error) {
    return isBusy(error) ? "busy" : failed(calls, error, file);
  }
  const turn = new Turn(db);
  let answers: Answer[];
  try {
    answers = calls.map((call) => [call.id, runCall(turn, call)]);
    turn.flush();
  } catch (error) {
    db.rollback();
    return isOfStore(error) || calls.length === 1 ? failed(calls, error, file) : commitEach(db, calls, file);
  }
  try {
    db.exec("COMMIT");
  } catch (error) {
    db.rollback();
    const unsure = toCommitError(error, file);
    return { answers: refuse(calls, unsure), broken: unsure };
  }
  return { answers };
}

function runCall(turn: Turn, { verb, args, by, now }: WriteCall): unknown {
  turn.now = now();
  const write = writes[verb] as (turn: Turn, args: unknown, by: Slots | undefined) => unknown;
  return write(turn, args, by && { ...by });
}

function commitEach(db: Connection, calls: readonly WriteCall[], file: string): GroupOutcome {
  const answers: Answer[] = [];
  for (const call of calls) {
    const outcome = commitGroup(db, [call], file);
    if (outcome === "busy") break;
    answers.push(...outcome.answers);
    if (outcome.broken) return { answers, broken: outcome.broken };
  }
  return { answers };
}

function failed(calls: readonly WriteCall[], error: unknown, file: string): GroupOutcome {
  const wire = toWireError(error, file);
  return { answers: refuse(calls, wire), ...(isBroken(error) ? { broken: wire } : {}) };
}

function refuse(calls: readonly WriteCall[], error: WireError): Answer[] {
  return calls.map(({ id }) => [id, undefined, error]);
}
