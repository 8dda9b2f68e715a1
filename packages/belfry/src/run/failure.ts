import { formatDuration } from "../base/duration.ts";
import { BelfryError, type ErrorCode } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { fitText } from "../base/text.ts";

/** Why an attempt failed, as the record keeps it: JSON-safe and bounded, whatever was thrown. */
export interface Failure {
  /** Why, as a row of the error table: `E_HANDLER` for what the handler threw. */
  code: ErrorCode;
  /** The thrown error's name; `typeof` for values that are no errors. */
  name: string;
  /** The thrown error's message, cut at 8,000 characters. */
  message: string;
  /** The thrown error's own stack trace, where it has one. */
  stack?: string;
  /** The thrown error's cause, at most 8 deep. */
  cause?: Omit<Failure, "code">;
}

/** One entry of a record's `errors`: a failure, the attempt it ended and when. */
export interface RunError {
  attempt: number;
  code: ErrorCode;
  name: string;
  message: string;
  /** ISO 8601 with milliseconds. */
  at: string;
}

/**
 * Anything thrown as a failure. Never throws itself, however hostile the value: getters that throw, proxies, cyclic
 * causes. The code says whose failure it is, not what was thrown: a handler that passes on an error of ours, of a
 * trigger it made itself, has failed as one that throws its own.
 */
export function toFailure(thrown: unknown, code: ErrorCode = "E_HANDLER"): Failure {
  return { code, ...describe(thrown, 0) };
}

/** What an error says, where it is part of what is logged; undefined for what is no error. */
export function errorAsPlain(value: object): Omit<Failure, "code"> | undefined {
  return isError(value) ? describe(value, 0) : undefined;
}

function describe(thrown: unknown, depth: number): Omit<Failure, "code"> {
  try {
    if (!isError(thrown)) return { name: typeof thrown, message: cut(contentOf(thrown)) };
    const failure: Omit<Failure, "code"> = { name: cut(String(thrown.name)), message: cut(String(thrown.message)) };
    if (typeof thrown.stack === "string") failure.stack = cut(thrown.stack);
    if (thrown.cause !== undefined && depth < limits.errorCauseDepthMax)
      failure.cause = describe(thrown.cause, depth + 1);
    return failure;
  } catch {
    return { name: "unreadable", message: "the thrown value could not be read" };
  }
}

/** An error, also of another realm. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function contentOf(value: unknown): string {
  if (typeof value === "object" && value !== null) return JSON.stringify(value) ?? String(value);
  return String(value);
}

function cut(text: string): string {
  return fitText(text, limits.errorMessageCharactersMax);
}

/** The failure of a run that was cancelled. */
export function cancelledFailure(reason?: string): Failure {
  return ours(new BelfryError("E_CANCELLED", { reason: reason ? `: ${reason}` : "" }));
}

/** The failure of an attempt whose node died. */
export function lostFailure(attempt: number): Failure {
  return ours(new BelfryError("E_LOST", { attempt }));
}

/** The failure of a run that no node had a handler for. */
export function noHandlerFailure(task: string): Failure {
  return ours(new BelfryError("E_NO_HANDLER", { task, duration: formatDuration(defaults.noHandlerMs) }));
}

/** The failure of an attempt that took longer than its timeout. */
export function timeoutFailure(timeoutMs: number): Failure {
  return ours(new BelfryError("E_TIMEOUT", { duration: formatDuration(timeoutMs) }));
}

/** An error of ours as a failure: without a stack, which would be ours too. */
function ours({ code, name, message }: BelfryError): Failure {
  return { code, name, message };
}
