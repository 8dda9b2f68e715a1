import { BelfryError } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { parseOffset } from "./transitions.ts";
import { Zone } from "./zone.ts";

/** Zones by lower-case name: bounded by the number of names that there are. */
const zones = new Map<string, Zone>();

/**
 * The zone of a name: an IANA name in any case, `UTC`, or a fixed offset from `-14:00` to `+14:00`. The same object for
 * every spelling of one zone. Throws E_TIMEZONE, naming `field`, for everything else.
 */
export function findZone(name: unknown, field: string): Zone {
  const zone = typeof name === "string" && nameShape.test(name) ? lookUp(name) : undefined;
  if (zone) return zone;
  const value = typeof name === "string" ? name.slice(0, 200) : name;
  const near = typeof name === "string" && name.length <= 64 ? nearestZone(name) : undefined;
  throw new BelfryError("E_TIMEZONE", {
    field,
    value,
    nearest: near ? ` (did you mean ${JSON.stringify(near)}?)` : "",
  });
}

/** Whether `findZone` knows `name`. */
export function isTimezone(name: string): boolean {
  return nameShape.test(name) && lookUp(name) !== undefined;
}

const nameShape = /^[A-Za-z0-9_+\-/:]{1,64}$/;
const offsetShape = /^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/;

/** Names of three letters that IANA has. Intl knows more, of its own: its `BST` is Dhaka's time, not London's. */
const shortNames = new Set("cet eet est gmt hst met mst prc roc rok uct utc wet".split(" "));

function lookUp(name: string): Zone | undefined {
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known) return known;
  const source = offsetShape.test(name) ? parseOffset(name) : canonicalName(key);
  if (source === undefined) return undefined;
  const canonicalKey = typeof source === "string" ? source.toLowerCase() : key;
  const zone = zones.get(canonicalKey) ?? new Zone(source === "UTC" ? 0 : source);
  zones.set(canonicalKey, zone).set(key, zone);
  return zone;
}

function canonicalName(key: string): string | undefined {
  const foreign = /^[^a-z]|^systemv\//.test(key) || (/^[a-z]{3}$/.test(key) && !shortNames.has(key));
  if (foreign) return undefined;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: key }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const looseOffsetShape = /^(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

function nearestZone(name: string): string | undefined {
  const offset = looseOffsetShape.exec(name);
  if (offset) {
    const text = `${offset[1]}${offset[2]?.padStart(2, "0")}:${offset[3] ?? "00"}`;
    return offsetShape.test(text) ? text : undefined;
  }
  const names = Intl.supportedValuesOf("timeZone");
  const word = name.trim().replaceAll(" ", "_").toLowerCase();
  return names.find((known) => known.toLowerCase().endsWith(`/${word}`)) ?? nearest(word, names);
}
