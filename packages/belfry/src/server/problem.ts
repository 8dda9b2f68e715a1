import { BelfryError, isBelfryError } from "../base/errors.ts";
import { printable, textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import type { Logger } from "../engine/logger.ts";

/** An error as RFC 9457 tells it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What the detail names, as far as it is text or a number. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

export const problemType = "application/problem+json";
const fieldCharactersMax = 1_000;
const retryAfterS = "1";

/** An error of ours as clients get it. */
export function toProblem({ code, status, message, fields }: BelfryError): Problem {
  const told = Object.entries(fields).flatMap(([name, value]): [string, string | number][] => {
    if (typeof value === "number" && Number.isFinite(value)) return [[name, value]];
    return typeof value === "string" && value !== "" ? [[name, printable(value, fieldCharactersMax)]] : [];
  });
  const problem = { type: `urn:belfry:${code}`, title: titleOf(code), status, code, detail: message };
  return told.length > 0 ? { ...problem, fields: Object.fromEntries(told) } : problem;
}

/** A code in words: `E_TASK_UNKNOWN` is "Task unknown". */
export function titleOf(code: string): string {
  const words = code.replace(/^E_/, "").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The answer that says what is wrong. */
export function problemResponse(error: BelfryError, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(toProblem(error), {
    status: error.status,
    headers: { "content-type": problemType, ...extraHeaders(error), ...headers },
  });
}

function extraHeaders({ code, status }: BelfryError): Record<string, string> {
  if (code === "E_KEY_REQUIRED") return { "www-authenticate": 'Bearer realm="belfry"' };
  return status === 503 ? { "retry-after": retryAfterS } : {};
}

/** Anything thrown as an error of ours. What is none is logged under a reference, and only that is told. */
export function toKnownError(thrown: unknown, clock: Clock, logger: Logger): BelfryError {
  if (isBelfryError(thrown)) return thrown;
  const reference = clock.randomHex(8);
  logger.error(`belfry: ${reference}: ${stackOf(thrown)}`);
  return new BelfryError("E_INTERNAL", { reference });
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack ? thrown.stack : textOf(thrown);
}
