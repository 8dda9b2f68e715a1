import { formatDuration } from "../../base/duration.ts";
import { BelfryError, type ErrorCode, isBelfryError } from "../../base/errors.ts";
import { lockWaitMsMax } from "./connection.ts";

/** An error as it crosses a thread. */
export interface WireError {
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What SQLite's primary result codes mean for callers. Decided by number, never by text. */
const resultCodes = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notDatabase: 26,
} as const;

/** Codes after which the connection is not to be trusted any more: a new one has to be opened. */
const broken: ReadonlySet<number | undefined> = new Set([
  resultCodes.noMemory,
  resultCodes.io,
  resultCodes.corrupt,
  resultCodes.cantOpen,
  resultCodes.notDatabase,
]);
/** Codes that speak about the store, not about the call: another try of the same call alone would not help. */
const ofStore: ReadonlySet<number | undefined> = new Set([...broken, resultCodes.readOnly, resultCodes.full]);
const busy: ReadonlySet<number | undefined> = new Set([resultCodes.busy, resultCodes.locked]);

/** SQLite's primary result code, where the error is SQLite's. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Whether another connection held a lock that was needed. */
export function isBusy(error: unknown): boolean {
  return busy.has(resultCode(error));
}

/** Whether the error is the store's rather than the call's. */
export function isOfStore(error: unknown): boolean {
  return ofStore.has(resultCode(error));
}

/** Whether the connection has to be opened anew after this error. */
export function isBroken(error: unknown): boolean {
  return broken.has(resultCode(error));
}

/** The row of the error table for an error before COMMIT, when certainly nothing was done. */
export function toWireError(error: unknown, file: string): WireError {
  if (isBelfryError(error)) return { code: error.code, fields: error.fields };
  const number = resultCode(error);
  switch (number) {
    case resultCodes.busy:
    case resultCodes.locked:
      return busyError;
    case resultCodes.readOnly:
      return { code: "E_STORE_READONLY", fields: { value: file } };
    case resultCodes.full:
      return { code: "E_STORE_FULL", fields: { value: file } };
    case resultCodes.corrupt:
      return { code: "E_STORE_CORRUPT", fields: { value: file, detail: textOf(error) } };
    case resultCodes.notDatabase:
      return { code: "E_STORE_NOT_DATABASE", fields: { value: file } };
    case resultCodes.cantOpen:
      return { code: "E_STORE_OPEN", fields: { value: file, detail: textOf(error) } };
    case undefined:
      return unavailable(String(error));
    default:
      return unavailable(textOf(error));
  }
}

/** The error of a COMMIT. A full disk keeps the commit record from being written; of anything else, nobody knows. */
export function toCommitError(error: unknown, file: string): WireError {
  return resultCode(error) === resultCodes.full ? toWireError(error, file) : unknownOutcome();
}

/** The error of a call that waited as long as a call may for the write lock. */
export const busyError: WireError = { code: "E_STORE_BUSY", fields: { duration: formatDuration(lockWaitMsMax) } };

/** The error of a call that the store could not take; certainly nothing was done. */
export function unavailable(detail: string): WireError {
  return { code: "E_STORE_UNAVAILABLE", fields: { detail } };
}

/** The error of a call of which nobody knows whether it was done; `trackingId` names what it inserts. */
export function unknownOutcome(trackingId = ""): WireError {
  return { code: "E_OUTCOME_UNKNOWN", fields: { trackingId } };
}

/** A wire error as the exception that callers get. */
export function fromWireError({ code, fields }: WireError): BelfryError {
  return new BelfryError(code, fields as ConstructorParameters<typeof BelfryError<ErrorCode>>[1]);
}

/** SQLite's own words for its code, without the statement that met it. */
function textOf(error: unknown): string {
  const { errcode, errstr } = error as { errcode: number; errstr?: string };
  return `SQLite error ${errcode}${errstr ? `, ${errstr}` : ""}`;
}
