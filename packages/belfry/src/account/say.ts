import { formatDuration } from "../base/duration.ts";
import { toIso } from "../run/record.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";

/** An instant as people read it: ISO 8601 in UTC, the parts of a second only where there are any. */
export function say(instant: number): string {
  return toIso(instant).replace(".000Z", "Z");
}

/** A local time as clocks on the wall show it: `2027-03-28 02:30`. */
export function sayLocal(local: string): string {
  return local.replace("T", " ").replace(/^(.{10} \d\d:\d\d):00$/, "$1");
}

/** How long something took, in whole seconds from one second on. */
export function sayDuration(ms: number): string {
  return formatDuration(ms < 1_000 ? Math.round(ms) : Math.round(ms / 1_000) * 1_000);
}

/** When a schedule is due, in a few words. */
export function sayRule(spec: ScheduleSpec): string {
  if ("at" in spec) return `at ${say(spec.at)}`;
  if ("everyMs" in spec) return `every ${formatDuration(spec.everyMs)}`;
  return `cron "${spec.cron}" in ${spec.timezone}`;
}
