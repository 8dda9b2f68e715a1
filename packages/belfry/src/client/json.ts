import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { checkDate, checkOptions, refuseOption } from "../base/options.ts";

/** A `Date` as ISO 8601, or undefined where absent. Throws E_OPTION. */
export function isoOf(value: unknown, field: string): string | undefined {
  const ms = checkDate(value, field);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

const dateFields = ["from", "to", "until", "at", "start", "end", "anchor"];

/**
 * Options as they are sent, instants in ISO 8601: a copy without what is absent. Throws E_OPTION for an instant that is
 * no `Date`, E_OPTION_UNKNOWN for a field that is not known.
 */
export function readFields(
  value: unknown,
  owner: string,
  known: readonly string[],
  place = "",
): Record<string, unknown> {
  const given = Object.entries(checkOptions(value, owner, known)).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    given.map(([name, field]) => [name, dateFields.includes(name) ? isoOf(field, place + name) : field]),
  );
}

/** Fields as JSON text. Throws E_OPTION for what JSON would lose or change in silence. */
export function textOfFields(fields: Readonly<Record<string, unknown>>, place = ""): string {
  const encoded = encodeJson(fields, limits.scheduleRequestBytesMax);
  if ("text" in encoded) return encoded.text;
  const [name = ""] = /^\w+/.exec(encoded.path.slice(1)) ?? [];
  return refuseOption(place + (name || "it"), fields[name], `what JSON can say: ${encoded.problem}`);
}
