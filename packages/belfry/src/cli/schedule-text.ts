import type { ScheduleInfo, ScheduleRule } from "../api/schedules.ts";
import type { Column } from "./table.ts";

/** When a schedule is due, in a few words. */
export function ruleText(rule: ScheduleRule): string {
  if ("cron" in rule) return rule.timezone === "UTC" ? rule.cron : `${rule.cron} (${rule.timezone})`;
  if ("at" in rule) return `at ${rule.at}`;
  return rule.anchor === undefined ? `every ${rule.every}` : `every ${rule.every} from ${rule.anchor}`;
}

/** How schedules are shown in a table. */
export function scheduleColumns(): Column<ScheduleInfo>[] {
  return [
    { title: "task", of: (one) => one.task },
    { title: "key", of: (one) => one.key },
    { title: "schedule", of: (one) => ruleText(one.schedule) },
    { title: "overlap", of: (one) => one.overlap },
    { title: "decidedUpTo", of: (one) => one.decidedUpTo },
    { title: "nextFiring", of: (one) => one.nextFirings[0] },
  ];
}
