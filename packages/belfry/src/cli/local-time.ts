import { BelfryError } from "../base/errors.ts";
import { toIso } from "../run/record.ts";
import { findZone } from "../schedule/find-zone.ts";
import { instant } from "./flags.ts";

/** The instants that a person means, and what is worth a word about them. */
export interface MeantInstants {
  /** One; two where the local time comes twice. Ascending. */
  readonly instants: readonly Date[];
  readonly note?: string;
}

const localShape = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?$/;
const dayMs = 86_400_000;

/**
 * Reads an instant in ISO 8601, or a local time in `timezone` (default UTC, which the note says). A local time that
 * comes twice is both of its passes; one that the clocks leave out moves forward by the gap, as schedules do. Throws
 * E_OPTION, E_TIMEZONE.
 */
export function meantInstants(text: string, timezone: string | undefined): MeantInstants {
  if (!localShape.test(text)) {
    if (timezone === undefined) return { instants: [instant("--at")(text)] };
    const expected = "a local time such as 2026-03-29T02:30 beside --timezone";
    throw new BelfryError("E_OPTION", { field: "--at", value: text, expected });
  }
  const local = instant("--at")(text.includes("T") ? `${text}Z` : text).getTime();
  if (timezone !== undefined) return inZone(local, timezone, text);
  return { instants: [new Date(local)], note: `${text} is taken as UTC; --timezone names another zone` };
}

function inZone(local: number, timezone: string, text: string): MeantInstants {
  const zone = findZone(timezone, "--timezone");
  const offsetAt = (at: number) => zone.localTime(at) - at;
  const [before, after] = [offsetAt(local - dayMs), offsetAt(local + dayMs)];
  const meant = [...new Set([local - before, local - after])].filter((at) => zone.localTime(at) === local);
  const instants = meant.sort((a, b) => a - b).map((at) => new Date(at));
  if (instants.length === 1) return { instants };
  if (instants.length > 1) return { instants, note: `${text} comes twice in ${timezone}: ${isoList(instants)}` };
  const moved = local - before;
  const shown = toIso(zone.localTime(moved)).slice(0, text.length);
  const note = `${text} does not exist in ${timezone}: the clocks leave it out; ${shown} is taken`;
  return { instants: [new Date(moved)], note };
}

function isoList(instants: readonly Date[]): string {
  return instants.map((one) => toIso(one.getTime())).join(" and ");
}
