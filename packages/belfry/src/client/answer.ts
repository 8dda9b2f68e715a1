import { BelfryError } from "../base/errors.ts";
import { printable, textOf } from "../base/text.ts";

/** What came of one try to ask the server. */
export type Outcome =
  /** The server answered. */
  | { readonly kind: "answer"; readonly value: Fields }
  /** The server refused, with an error of its own. */
  | { readonly kind: "refused"; readonly status: number; readonly error: BelfryError; readonly retryAfter: string }
  /** Something answered that is no Belfry server: a proxy, a login page. */
  | { readonly kind: "alien"; readonly status: number; readonly detail: string; readonly retryAfter: string }
  /** Nothing answered. `wasSent`: the request may have arrived all the same. */
  | { readonly kind: "lost"; readonly detail: string; readonly wasSent: boolean; readonly cause?: unknown };

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is read of a response. */
export interface Received {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Of these headers, empty where there is none. */
  readonly location: string;
  readonly retryAfter: string;
}

/** What a response means. `field` is one that every answer to this request has: what lacks it comes from elsewhere. */
export function interpret(received: Received, field: string): Outcome {
  const { status, type, text, location, retryAfter } = received;
  const alien = (detail: string): Outcome => ({ kind: "alien", status, detail, retryAfter });
  // Browsers hide where a redirect leads, and its status.
  if (status === 0 || (status >= 300 && status < 400)) {
    return alien(`it redirects${location ? ` to ${location}` : ""}, and redirects are not followed`);
  }
  if (!/^application\/(problem\+)?json\b/i.test(type)) {
    return alien(`what answered with status ${status} is ${type || "of no type"}, no JSON`);
  }
  const value = parse(text);
  if (!value) return alien(`what answered with status ${status} is no JSON object`);
  if (status >= 200 && status < 300) {
    return field in value
      ? { kind: "answer", value }
      : alien(`what answered has no ${field}, as a Belfry server's has`);
  }
  const error = problemOf(value, status);
  if (error) return { kind: "refused", status, error, retryAfter };
  return alien(`what answered with status ${status} is no error of a Belfry server`);
}

/** The error that a problem+json tells of; undefined where it is none of Belfry's. */
export function problemOf(problem: unknown, status: number | undefined): BelfryError | undefined {
  if (typeof problem !== "object" || problem === null) return undefined;
  const { code, detail, fields } = problem as Fields;
  if (typeof code !== "string" || !/^E_[A-Z_]{1,60}$/.test(code) || typeof detail !== "string") return undefined;
  const known = typeof fields === "object" && fields !== null ? { fields: fields as Fields } : {};
  return BelfryError.received(code, detail, { status, ...known });
}

/** What a failed request tells: whether it may have arrived, and what to say. `secret` is cut out of it. */
export function lostBy(thrown: unknown, secret: string | undefined): Outcome {
  const { code, message } = deepest(thrown);
  const detail = printable(hide(message, secret), detailCharactersMax);
  const shows = secret !== undefined && (message.includes(secret) || textOf(thrown).includes(secret));
  return { kind: "lost", detail, wasSent: !neverSent(code), ...(shows ? {} : { cause: thrown }) };
}

const detailCharactersMax = 300;

/** Text without the secret. */
export function hide(text: string, secret: string | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret, "…");
}

/** Codes by which Node.js and Bun tell that there was no connection, or no TLS: nothing can have arrived. */
function neverSent(code: string): boolean {
  return (
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT)$/.test(code) ||
    /^(ConnectionRefused|FailedToOpenSocket)$/.test(code) ||
    /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
  );
}

/** `fetch` says little; its cause says more, where there is one. Errors may be of another realm. */
function deepest(thrown: unknown): { code: string; message: string } {
  try {
    const { cause } = thrown as { cause?: unknown };
    const { code, message } = (typeof cause === "object" && cause ? cause : thrown) as Fields;
    return { code: String(code), message: String(message || code) };
  } catch {
    return { code: "", message: "the request failed" };
  }
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    // Not JSON, whatever its type says: no Belfry server sent this.
    return undefined;
  }
}
