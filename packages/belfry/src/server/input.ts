import type { z } from "@hono/zod-openapi";
import { BelfryError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { refuseOption } from "../base/options.ts";

/** What comes in one part of a request: fields by name. */
export type Fields = z.ZodObject;

/**
 * What a part of a request says, by its schema. Throws E_OPTION, naming the field, its value and what was expected (the
 * schema's own words), and E_OPTION_UNKNOWN with the nearest for a field that `owner` does not know.
 */
export function parseFields<S extends Fields>(schema: S, value: unknown, owner: string, place = ""): z.output<S> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuseOption(place || "the body", value, "an object");
  }
  const known = Object.keys(schema.shape);
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) refuseField(place ? `${place}.${strange}` : strange, strange, owner, known);
  const verdict = schema.safeParse(value);
  if (verdict.success) return verdict.data;
  const [issue] = verdict.error.issues;
  const path = issue?.path ?? [];
  refuseOption(fieldOf(place, path), valueAt(value, path), issue?.message ?? "something else");
}

/** The parameters after the `?`, each once. Throws E_OPTION. */
export function readQuery(url: string): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URL(url).searchParams) {
    if (query.has(name)) refuseOption(shorten(name), [query.get(name), value], "one value");
    query.set(name, value);
  }
  // Own fields, whatever their names are.
  return Object.fromEntries(query);
}

const shownCharactersMax = 64;

function refuseField(field: string, name: string, owner: string, known: readonly string[]): never {
  const nearest = didYouMean(name, known);
  throw new BelfryError("E_OPTION_UNKNOWN", {
    field: shorten(field),
    owner,
    nearest,
    known: known.join(", ") || "none",
  });
}

function shorten(field: string): string {
  return field.slice(0, shownCharactersMax);
}

function fieldOf(place: string, path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
  return `${place}${parts.join("")}`.replace(/^\./, "") || "the body";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);
}
