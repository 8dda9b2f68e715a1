import { table } from "./error-table.ts";
import { printable, textOf } from "./text.ts";

/** The stable code of an error: what programs decide by. */
export type ErrorCode = keyof typeof table;

type FieldsOf<M extends string> = M extends `${string}{${infer F}}${infer R}` ? F | FieldsOf<R> : never;
type Fields<C extends ErrorCode> = { [F in FieldsOf<(typeof table)[C]["message"]>]: unknown };

/** Every code with its message template, HTTP status and exit code. */
export const errorTable: Readonly<
  Record<ErrorCode, { readonly status: number; readonly exit: number; readonly message: string }>
> = table;

/**
 * Every error that Belfry throws or rejects with. `code` is stable and what programs decide by; the message states
 * the value, what was expected and the fix, and may change.
 */
export class BelfryError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "BelfryError";
  /** The stable code: a row of the error table. */
  readonly code: C;
  /** The values that the message names, such as `field` or `trackingId`. */
  readonly fields: Readonly<Record<string, unknown>>;

  readonly #status: number | undefined;

  constructor(code: C, fields: Fields<C>, options: { cause?: unknown; received?: Received } = {}) {
    const { received } = options;
    const message = received ? printable(received.message, receivedCharactersMax) : render(table[code].message, fields);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.fields = fields;
    this.#status = received?.status;
  }

  /**
   * An error that another process told, in its words. Its code is kept as it is, also one that only a newer Belfry
   * knows; `status` is the HTTP status that it came with.
   */
  static received(
    code: string,
    message: string,
    options: { status?: number; fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ): BelfryError {
    const { status, fields = {}, ...rest } = options;
    return new BelfryError(code as ErrorCode, fields as Fields<ErrorCode>, { ...rest, received: { message, status } });
  }

  /** The HTTP status that a server answers with. */
  get status(): number {
    return rowOf(this.code)?.status ?? this.#status ?? 500;
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): number {
    return rowOf(this.code)?.exit ?? 1;
  }
}

/** What another process said of its error. */
interface Received {
  readonly message: string;
  readonly status?: number;
}

const receivedCharactersMax = 8_000;

function rowOf(code: string): { readonly status: number; readonly exit: number } | undefined {
  return Object.hasOwn(table, code) ? table[code as ErrorCode] : undefined;
}

/**
 * Whether `error` is Belfry's own, with this code where one is given. Works across two installed copies, and never
 * throws.
 */
export function isBelfryError(error: unknown, code?: ErrorCode): error is BelfryError {
  try {
    const own = error instanceof Error && error.name === "BelfryError" && "code" in error;
    return own && (code === undefined || error.code === code);
  } catch {
    // Whatever throws when it is looked at was made elsewhere.
    return false;
  }
}

/** Fields that are prose already; every other one is a value and shown as one. */
const prose = new Set([
  "problem",
  "expected",
  "known",
  "range",
  "nearest",
  "reason",
  "detail",
  "path",
  "call",
  "owner",
  "field",
  "duration",
  "retention",
  "type",
  "file",
  "method",
  "limit",
  "nodes",
  "url",
  "needed",
  "holder",
  "reference",
]);
const proseCharactersMax = 1_000;

function render(template: string, fields: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = fields[name];
    return prose.has(name) ? printable(textOf(value ?? ""), proseCharactersMax) : show(value);
  });
}

const shownCharactersMax = 120;

/** A value as a message shows it: quoted, on one line, of bounded length, whatever it is. Never throws. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, shownCharactersMax)) : describe(value);
  return printable(text, shownCharactersMax);
}

function describe(value: unknown): string {
  try {
    if (typeof value === "function") return `a function${value.name ? ` (${value.name})` : ""}`;
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
    if (Array.isArray(value)) return `an array of ${value.length}`;
    if (typeof value === "object" && value !== null) return "an object";
    return String(value);
  } catch {
    return "a value that cannot be read";
  }
}
