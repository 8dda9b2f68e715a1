import type { ScheduleInfo, ScheduleRule } from "../api/schedules.ts";
import type { Column } from "./table.ts";

/** When a schedule is due, in a few words. */
export function ruleText(rule: ScheduleRule): string {
  if ("at" in rule) return `at ${rule.at}`;
  const { start, end, exclude, spread } = rule;
  const words = [
    "cron" in rule ? cronText(rule) : everyText(rule),
    ...(start === undefined ? [] : [`from ${start}`]),
    ...(end === undefined ? [] : [`until ${end}`]),
    ...(exclude === undefined ? [] : [`without ${exclude.map(({ name }) => name).join(" and ")}`]),
    ...(spread === undefined ? [] : [`spread over ${spread}`]),
  ];
  return words.join(", ");
}

function cronText({ cron, timezone, dst = {} }: Extract<ScheduleRule, { cron: string }>): string {
  const zone = timezone === "UTC" ? "" : ` (${timezone})`;
  const rules = Object.entries(dst).map(([when, what]) => `, ${when}: ${what}`);
  return `${cron}${zone}${rules.join("")}`;
}

function everyText({ every, anchor }: Extract<ScheduleRule, { every: string }>): string {
  return anchor === undefined ? `every ${every}` : `every ${every} counted from ${anchor}`;
}

/** What keeps a schedule from firing, in a few words; nothing where nothing does. */
export function standsStill({ paused, skippedUntil, invalid }: ScheduleInfo): string {
  const words = [
    ...(invalid === undefined ? [] : [`invalid: ${invalid}`]),
    ...(paused === undefined ? [] : [pauseText(paused)]),
    ...(skippedUntil === undefined ? [] : [`skipped until ${skippedUntil}`]),
  ];
  return words.join("; ");
}

function pauseText({ author, reason, until }: NonNullable<ScheduleInfo["paused"]>): string {
  const by = author === undefined ? "" : ` by ${author}`;
  const why = reason === undefined ? "" : ` (${reason})`;
  return `paused${by}${until === undefined ? "" : ` until ${until}`}${why}`;
}

/** How schedules are shown in a table. */
export function scheduleColumns(): Column<ScheduleInfo>[] {
  return [
    { title: "task", of: (one) => one.task },
    { title: "key", of: (one) => one.key },
    { title: "schedule", of: (one) => ruleText(one.schedule) },
    { title: "origin", of: (one) => one.origin },
    { title: "overlap", of: (one) => one.overlap },
    { title: "decidedUpTo", of: (one) => one.decidedUpTo },
    { title: "nextFiring", of: (one) => one.nextFirings[0] },
    { title: "held", of: standsStill },
  ];
}

/** How schedules are shown that were just changed. */
export function amendedColumns(): Column<ScheduleInfo>[] {
  return [
    { title: "task", of: (one) => one.task },
    { title: "key", of: (one) => one.key },
    { title: "held", of: standsStill },
    { title: "nextFiring", of: (one) => one.nextFirings[0] },
  ];
}
