import { limits } from "./limits.ts";
import { printable, textOf } from "./text.ts";

/** What is wrong with a value that was to become JSON: where, and what. */
export interface JsonProblem {
  /** As in code: `.lines[3].amount`; empty for the value itself. */
  readonly path: string;
  readonly problem: string;
}

/** The type of what comes back of a value that was kept as JSON: a `Date` is a string, `undefined` and methods are gone. */
export type AsJson<T> = unknown extends T
  ? T
  : T extends { toJSON(): infer Plain }
    ? AsJson<Plain>
    : T extends ((...args: never) => unknown) | symbol | bigint
      ? never
      : T extends object
        ? { [Key in keyof T]: AsJson<T[Key]> }
        : T extends void
          ? undefined
          : T;

/**
 * A value as JSON text, or what keeps it from being one that comes back the same: cycles, depth over 64, more than
 * `bytesMax` bytes, `bigint`, functions, symbols, NaN and infinities, holes, lone surrogates, NUL, the key `__proto__`,
 * and objects that JSON would empty, such as maps, sets, errors and buffers. Properties that are undefined are left
 * out, and `toJSON` is honoured, as `JSON.stringify` does. The value is read once and only as far as it fits; one that
 * throws when it is read is a problem too: this never throws. `asPlain` may say what to keep of an object that JSON
 * would empty.
 */
export function encodeJson(value: unknown, bytesMax: number, asPlain?: AsPlain): { text: string } | JsonProblem {
  try {
    const text = JSON.stringify(new Reader(bytesMax, asPlain).read(value, ""));
    return fits(text, bytesMax) ? { text } : tooLarge(bytesMax);
  } catch (error) {
    return error instanceof Refusal
      ? bounded(error.problem)
      : bounded({ path: "", problem: `could not be read, since it threw ${textOf(error)}` });
  }
}

/** Places and reasons hold what the value brought: they are made to fit into a message, or a column. */
function bounded({ path, problem }: JsonProblem): JsonProblem {
  return { path: printable(path, partCharactersMax), problem: printable(problem, partCharactersMax) };
}

const partCharactersMax = 500;

type AsPlain = (value: object) => object | undefined;

/** Carries a problem up from where it is found. */
class Refusal {
  readonly problem: JsonProblem;

  constructor(path: string, problem: string) {
    this.problem = { path, problem };
  }
}

function tooLarge(bytesMax: number): JsonProblem {
  return { path: "", problem: `is more than ${bytesMax} bytes as JSON; at most ${bytesMax} are kept` };
}

/** A character is one to three bytes: most texts need no counting. */
function fits(text: string, bytesMax: number): boolean {
  return text.length * 3 <= bytesMax || (text.length <= bytesMax && new TextEncoder().encode(text).length <= bytesMax);
}

/** Copies a value as the plain data that its JSON says. */
class Reader {
  readonly #bytesMax: number;
  readonly #asPlain: AsPlain;
  readonly #above = new Set<object>();
  /** The least that what was read so far takes. */
  #bytes = 0;

  constructor(bytesMax: number, asPlain: AsPlain = () => undefined) {
    this.#bytesMax = bytesMax;
    this.#asPlain = asPlain;
  }

  read(value: unknown, path: string): unknown {
    this.#count(1);
    switch (typeof value) {
      case "string":
        return this.#text(value, path);
      case "number":
        if (Number.isFinite(value)) return value;
        throw new Refusal(path, `is ${value}, which JSON cannot say`);
      case "object":
        return value === null ? null : this.#object(value, path);
      case "boolean":
        return value;
      default:
        throw new Refusal(path, `is of type ${typeof value}, which JSON cannot say`);
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) {
      const { path, problem } = tooLarge(this.#bytesMax);
      throw new Refusal(path, problem);
    }
  }

  #text(text: string, path: string): string {
    this.#count(text.length);
    if (!text.isWellFormed()) throw new Refusal(path, "holds half a surrogate pair; expected well-formed Unicode");
    if (text.includes("\0")) throw new Refusal(path, "holds a NUL character; expected text without it");
    return text;
  }

  #object(value: object, path: string): unknown {
    if (this.#above.has(value)) throw new Refusal(path, "refers back to itself; expected a tree");
    if (this.#above.size >= limits.jsonDepthMax)
      throw new Refusal("", `is nested deeper than ${limits.jsonDepthMax} levels`);
    this.#above.add(value);
    const plain = plainOf(value, path, this.#asPlain);
    const copy = plain === value ? this.#copy(value, path) : this.read(plain, path);
    this.#above.delete(value);
    return copy;
  }

  #copy(value: object, path: string): unknown {
    if (!Array.isArray(value)) return this.#fields(value as Record<string, unknown>, path);
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++) items.push(this.read(value[index], `${path}[${index}]`));
    return items;
  }

  #fields(value: Record<string, unknown>, path: string): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (key === "__proto__") throw new Refusal(path, "has a key `__proto__`; expected plain data");
      const below = value[key];
      if (below === undefined) continue;
      fields[this.#text(key, path)] = this.read(
        below,
        /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
      );
    }
    return fields;
  }
}

/** What an object says as JSON, the object itself where it is plain data. */
function plainOf(value: object, path: string, asPlain: AsPlain): unknown {
  if ("toJSON" in value && typeof value.toJSON === "function") {
    if (value instanceof Date && Number.isNaN(value.getTime())) throw new Refusal(path, "is an invalid Date");
    return value.toJSON("");
  }
  // `[object Object]` of plain objects and of instances of classes.
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "Object" || kind === "Array") return value;
  const plain = asPlain(value);
  if (plain) return plain;
  throw new Refusal(path, `is of kind ${kind}, which JSON cannot say; use plain objects and arrays`);
}
