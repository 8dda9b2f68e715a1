import { existsSync, readFileSync } from "node:fs";
import { findZone } from "../../packages/belfry/src/schedule/find-zone.ts";
import type { Transition } from "../../packages/belfry/src/schedule/transitions.ts";

/** Every kind of change that clocks make: from which offset to which, at what local time. */
interface Signature extends Transition {
  /** The first zone that has it. */
  readonly zone: string;
  readonly zones: Set<string>;
}

const [from, until] = [Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1)];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The page of all kinds of changes, and what they do to a schedule that lists hours. It says which zone data it was made
 * from: where this Node.js carries other data the page is left as it is.
 */
export function transitionsPage(path: string): string {
  const old = existsSync(path) ? readFileSync(path, "utf8") : "";
  const version = process.versions.tz ?? "unknown";
  const made = /zone data (\w+)/.exec(old)?.[1];
  if (made !== undefined && made !== version && !process.argv.includes("--zones")) return old;
  const rows = signatures().sort(order).map(row);
  return `# When clocks change

All kinds of changes that any IANA zone makes from 2020 to 2037, and what they do to a schedule that lists hours. A
schedule that covers every hour follows real time. Made from zone data ${version}; \`node scripts/with-node.mjs
scripts/docs.ts --zones\` makes it anew from other data.

By default a local time that is left out comes later by the gap's length, and one that comes twice fires at its first
pass. \`dst: { gap: "transition" }\` fires all of a gap at the instant of the change, once; \`"skip"\` none of them.
\`dst: { repeat: "last" }\` fires at the second pass, \`"both"\` at both. A gap over 3 h is a lost date: what it leaves
out does not fire.

| offset | clocks | local times | by default | zones | for example |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function signatures(): Signature[] {
  const found = new Map<string, Signature>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    for (const transition of findZone(zone, "zone").transitions(from, until)) {
      const { at, before, after } = transition;
      const key = [before, after, (at + before) % dayMs].join();
      const signature = found.get(key) ?? { ...transition, zone, zones: new Set() };
      signature.zones.add(zone);
      found.set(key, signature);
    }
  }
  return [...found.values()];
}

function order(a: Signature, b: Signature): number {
  return (
    b.after - b.before - (a.after - a.before) ||
    a.before - b.before ||
    clock(a.at + a.before).localeCompare(clock(b.at + b.before))
  );
}

function row({ at, before, after, zone, zones }: Signature): string {
  const isGap = after > before;
  const length = Math.abs(after - before);
  const [first, end] = [at + Math.min(before, after), at + Math.max(before, after)];
  const clocks = `${clock(at + before)} becomes ${clock(at + after)}`;
  const times = `${clock(first)}–${clock(end)} ${isGap ? "left out" : "twice"}`;
  const moved = length > 3 * hourMs ? "lost" : `at ${clock(end)}–${clock(end + length)}`;
  const example = `${zone}, ${new Date(at).toISOString().slice(0, 16)}Z`;
  return `| ${offset(before)} to ${offset(after)} | ${clocks} | ${times} | ${isGap ? moved : "first pass"} | ${zones.size} | ${example} |`;
}

function clock(local: number): string {
  return new Date(local).toISOString().slice(11, 16);
}

function offset(ms: number): string {
  return `${ms < 0 ? "-" : "+"}${clock(Math.abs(ms))}`;
}
