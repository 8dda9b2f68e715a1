import { limits } from "./limits.ts";

/** What is wrong with a value that was to become JSON: where, and what. */
export interface JsonProblem {
  /** As in code: `.lines[3].amount`; empty for the value itself. */
  readonly path: string;
  readonly problem: string;
}

/**
 * A value as JSON text, or what keeps it from being one that comes back the same: cycles, depth over 64, more than
 * `bytesMax` bytes, `bigint`, functions, symbols, NaN and infinities, maps and sets, lone surrogates, NUL, and the
 * key `__proto__`. Properties that are undefined are left out, and `toJSON` is honoured, as `JSON.stringify` does.
 */
export function encodeJson(value: unknown, bytesMax: number): { text: string } | JsonProblem {
  const found = problemOf(value, "", new Set());
  if (found) return found;
  const text = JSON.stringify(value);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > bytesMax) return { path: "", problem: `is ${bytes} bytes as JSON; at most ${bytesMax} are kept` };
  return { text };
}

function problemOf(value: unknown, path: string, above: Set<object>): JsonProblem | undefined {
  switch (typeof value) {
    case "string":
      return textProblem(value, path);
    case "number":
      return Number.isFinite(value) ? undefined : { path, problem: `is ${value}, which JSON cannot say` };
    case "object":
      return value === null ? undefined : objectProblem(value, path, above);
    case "boolean":
      return undefined;
    default:
      return { path, problem: `is of type ${typeof value}, which JSON cannot say` };
  }
}

function textProblem(text: string, path: string): JsonProblem | undefined {
  if (!text.isWellFormed()) return { path, problem: "holds half a surrogate pair; expected well-formed Unicode" };
  return text.includes("\0") ? { path, problem: "holds a NUL character; expected text without it" } : undefined;
}

function objectProblem(value: object, path: string, above: Set<object>): JsonProblem | undefined {
  if (above.has(value)) return { path, problem: "refers back to itself; expected a tree" };
  if (above.size >= limits.jsonDepthMax) return { path: "", problem: `is nested deeper than ${limits.jsonDepthMax} levels` };
  if (value instanceof Map || value instanceof Set) return { path, problem: "is a Map or Set, which JSON cannot say; use an object or array" };
  const plain: unknown = "toJSON" in value && typeof value.toJSON === "function" ? value.toJSON() : value;
  if (plain !== value) return problemOf(plain, path, new Set([...above, value]));
  const within = new Set(above).add(value);
  for (const key of Object.keys(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (key === "__proto__") return { path, problem: "has a key `__proto__`; expected plain data" };
    const below: unknown = (value as Record<string, unknown>)[key];
    if (below === undefined && !Array.isArray(value)) continue;
    const found = textProblem(key, path) ?? problemOf(below, at, within);
    if (found) return found;
  }
  return undefined;
}
