import type { Overlap } from "../../src/schedule/overlap.ts";
import type { ScheduleTime } from "../../src/schedule/spec.ts";
import type { SchedulePlan, TaskPlan, Version } from "./definitions.ts";
import { Random } from "./random.ts";

const zones = [
  ...["UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "America/New_York", "America/Los_Angeles"],
  ...["America/Sao_Paulo", "America/Santiago", "America/St_Johns", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata"],
  ...["Asia/Kathmandu", "Asia/Tokyo", "Asia/Gaza", "Asia/Beirut", "Australia/Lord_Howe", "Australia/Sydney"],
  ...["Pacific/Chatham", "Antarctica/Troll"],
];
const tasksCount = 40;
const schedulesPerTask = 5;
const keys = ["default", "a", "b", "c", "d"];

/** Four sets of 200 mixed schedules in 20 zones; all but the first change, remove or disable some. */
export function yearVersions(seed: number): Version[] {
  const random = new Random(seed * 31 + 7);
  const tasks = Array.from({ length: tasksCount }, (_, at) => taskOf(random, at));
  const others = [1, 2, 3].map((number) => ({ number, tasks: tasks.map((task) => changed(random, task)) }));
  return [{ number: 0, tasks }, ...others];
}

function taskOf(random: Random, at: number): TaskPlan {
  const overlap: Overlap = random.pick(["skip", "skip", "bufferOne", "bufferAll", "cancelOther", "allow"]);
  const schedules = keys.slice(0, schedulesPerTask).map((key, index): SchedulePlan => {
    return { key, time: timeOf(random, zones[(at * schedulesPerTask + index) % zones.length] as string) };
  });
  return {
    ...{ name: `task ${at}`, manner: random.chance(0.9) ? "quick" : "short", schedules, overlap },
    catchUp: random.pick(["skip", "latest", "all", { policy: "all", window: "6h", limit: 5, spacing: "1s" }]),
    ...{ retries: 0, backoffMs: 1_000, priority: 0, onLost: "retry", enabled: true },
  };
}

/** When a schedule is due that is put at run time. */
export function anyYearTime(random: Random): ScheduleTime {
  return timeOf(random, random.pick(zones));
}

/** Mostly daily ones at all hours, some hourly, weekly and monthly ones. */
function timeOf(random: Random, timezone: string): ScheduleTime {
  const [minute, hour, day] = [random.int(0, 59), random.int(0, 23), random.int(1, 28)];
  const cron = random.pick([
    ...[`${minute} ${hour} * * *`, `${minute} ${hour} * * *`, `${minute} ${random.int(0, 3)} * * *`, `0 ${hour} * * *`],
    ...[
      `30 2 * * *`,
      `15 1-3 * * *`,
      `${minute} */6 * * *`,
      `0 ${hour} L * *`,
      `0 ${hour} 15W * *`,
      `0 ${hour} * * 1#2`,
    ],
    ...[`${minute} ${hour} ${day} * *`, `0 ${hour} * * mon-fri`, `${random.int(0, 59)} ${minute} ${hour} * * *`],
  ]);
  if (random.chance(0.04)) return { every: random.pick(["1h", "90m", "6h", "1d"]) };
  if (random.chance(0.03)) return { cron: "0 * * * *", timezone };
  const dst = random.chance(0.2)
    ? {
        dst: {
          gap: random.pick(["shift", "transition", "skip"] as const),
          repeat: random.pick(["first", "last", "both"] as const),
        },
      }
    : {};
  const spread = random.chance(0.15) ? { spread: random.pick(["5m", "30m"]) } : {};
  return { cron, timezone, ...dst, ...spread };
}

function changed(random: Random, task: TaskPlan): TaskPlan {
  if (random.chance(0.05)) return { ...task, enabled: false };
  const schedules = task.schedules
    .filter(() => random.chance(0.95))
    .map((schedule) => (random.chance(0.1) ? { ...schedule, time: timeOf(random, random.pick(zones)) } : schedule));
  return { ...task, schedules };
}
