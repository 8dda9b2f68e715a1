import { compile } from "../../schedule/compile.ts";
import type { Task } from "../../task/definition.ts";

/** How many instants are compared: a pattern's hours show within a day, its days within a month. */
const compared = 3;

/**
 * A word for whoever writes `0 9 * * *` and means nine o'clock where the process is: the tasks whose cron pattern names
 * no zone, and would be due at other instants in the process's zone. Undefined where there are none.
 */
export function zoneWord(tasks: readonly Task[], zone: string, now: number): string | undefined {
  const names = tasks
    .filter(({ rules }) => rules.schedules.some((schedule) => differs(schedule, zone, now)))
    .map((task) => task.name);
  if (names.length === 0) return undefined;
  return `${names.join(", ")}: in UTC, where no timezone is named; this machine's is ${zone}: { cron: "…", timezone: "${zone}" } follows it`;
}

function differs({ spec, namesZone }: Task["rules"]["schedules"][number], zone: string, now: number): boolean {
  if (!("cron" in spec) || namesZone) return false;
  const [utc, local] = [compile(spec), compile({ cron: spec.cron, timezone: zone })];
  let [a, b]: (number | undefined)[] = [now, now];
  for (let index = 0; index < compared && a !== undefined && b !== undefined; index++) {
    [a, b] = [utc.next(a), local.next(b)];
    if (a !== b) return true;
  }
  return false;
}
