import { allZones, changesOf, offsetReader } from "./zones.ts";

/** A kind of change: from which offset to which, at what local time. The rules can tell no more of it than that. */
export interface Signature {
  readonly name: string;
  /** The first zone that has it, and when it has it first. */
  readonly zone: string;
  readonly change: number;
}

/** Every kind of change that any zone has from `from` until `until`. */
export function signatures(from: number, until: number): Signature[] {
  const found = new Map<string, Signature>();
  for (const zone of allZones) {
    const offsetAt = offsetReader(zone);
    for (const change of changesOf(offsetAt, from, until)) {
      const [before, after] = [offsetAt(change - 60_000), offsetAt(change)];
      const time = new Date(change + before).toISOString().slice(11, 16);
      const name = `${hours(before)} to ${hours(after)} at ${time}`;
      if (!found.has(name)) found.set(name, { name: `${name}, as ${zone}`, zone, change });
    }
  }
  return [...found.values()];
}

function hours(ms: number): string {
  return `${ms < 0 ? "-" : "+"}${Math.abs(ms) / 3_600_000} h`;
}
