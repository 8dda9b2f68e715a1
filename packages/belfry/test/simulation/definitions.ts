import type { CatchUpOption } from "../../src/schedule/catchup.ts";
import { type Overlap, overlaps } from "../../src/schedule/overlap.ts";
import type { ScheduleTime } from "../../src/schedule/spec.ts";
import type { Options } from "./options.ts";
import type { Random } from "./random.ts";

/** How the handlers of a task behave. */
export type Manner = "quick" | "short" | "long" | "failing" | "chain" | "stubborn";

/** A schedule of the simulation. */
export interface SchedulePlan {
  readonly key: string;
  readonly time: ScheduleTime;
  readonly pauseOnFailure?: number;
}

/** A task of the simulation. Name, retries, backoff, timeout and onLost are the same in all versions. */
export interface TaskPlan {
  readonly name: string;
  readonly manner: Manner;
  readonly schedules: readonly SchedulePlan[];
  readonly overlap: Overlap;
  readonly catchUp: CatchUpOption;
  readonly retries: number;
  readonly backoffMs: number;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly priority: number;
  readonly onLost: "retry" | "fail";
  readonly enabled: boolean;
}

/** A set of definitions, as a deploy brings it. The first one is the one that is there at the end. */
export interface Version {
  readonly number: number;
  readonly tasks: readonly TaskPlan[];
}

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "+05:45"];

const plain = {
  schedules: [],
  catchUp: "latest",
  retries: 0,
  backoffMs: 1_000,
  onLost: "retry",
  enabled: true,
} as const;

/** The versions that this history's deploys choose from. */
export function versionsOf(random: Random, options: Options): Version[] {
  const first = { number: 0, tasks: firstTasks(random, options) };
  const others = [1, 2, 3].map((number) => ({ number, tasks: changed(random, first.tasks, options) }));
  return [first, ...others];
}

function firstTasks(random: Random, options: Options): TaskPlan[] {
  const overlap = () => anyOverlap(random);
  const catchUp = () => anyCatchUp(random);
  const priority = () => random.pick([0, 0, 0, 10, -10]);
  const own = () => ({ ...plain, overlap: overlap(), catchUp: catchUp(), priority: priority() });
  const all: TaskPlan[] = [
    { ...own(), name: "tick", manner: "quick", schedules: [{ key: "default", time: { every: "1s" } }] },
    {
      ...own(),
      name: "beat",
      manner: "short",
      schedules: [{ key: "default", time: every(random) }],
      retries: random.int(0, 2),
    },
    { ...own(), name: "cron", manner: "long", schedules: [{ key: "default", time: cron(random) }] },
    {
      ...own(),
      ...{
        name: "Pair 2",
        manner: "short",
        schedules: [
          { key: "a", time: every(random) },
          { key: "b", time: cron(random) },
        ],
      },
    },
    { ...own(), name: "once", manner: "short", schedules: [{ key: "default", time: { at: soon(random, options) } }] },
    { ...own(), name: "bill", manner: "failing", retries: 3, backoffMs: random.pick([100, 1_000]) },
    {
      ...own(),
      ...{ name: "sick", manner: "failing", retries: random.int(0, 1), backoffMs: 200 },
      schedules: [{ key: "default", time: every(random), pauseOnFailure: random.int(1, 4) }],
    },
    { ...own(), name: "solo", manner: "short", concurrency: 1, retries: 1 },
    { ...own(), name: "duo", manner: "short", concurrency: 2, schedules: [{ key: "default", time: every(random) }] },
    { ...own(), name: "frail", manner: "long", onLost: "fail" },
    { ...own(), name: "long", manner: "long", retries: 1, timeoutMs: random.pick([undefined, 8_000]) },
    { ...own(), name: "chain", manner: "chain" },
    { ...own(), name: "stubborn", manner: "stubborn", timeoutMs: random.pick([500, 3_000]), retries: random.int(0, 1) },
  ];
  const kept = all.filter(() => random.chance(0.7));
  return kept.length > 0 ? kept : all;
}

/** Some tasks are gone, disabled, or due at other times. */
function changed(random: Random, tasks: readonly TaskPlan[], options: Options): TaskPlan[] {
  const made = tasks.flatMap((task): TaskPlan[] => {
    if (random.chance(0.1)) return [];
    if (random.chance(0.1)) return [{ ...task, enabled: false }];
    if (random.chance(0.15)) return [{ ...task, catchUp: anyCatchUp(random), overlap: anyOverlap(random) }];
    if (task.concurrency !== undefined && random.chance(0.2)) return [{ ...task, concurrency: random.int(1, 3) }];
    if (task.schedules.length === 0 || random.chance(0.5)) return [task];
    const schedules = task.schedules
      .filter(() => random.chance(0.8))
      .map(({ key }) => ({ key, time: anyTime(random, options) }));
    return [{ ...task, schedules }];
  });
  return made.length > 0 ? made : [...tasks];
}

function anyOverlap(random: Random): Overlap {
  return random.pick(["skip", "skip", ...overlaps]);
}

function anyCatchUp(random: Random): CatchUpOption {
  const some = (): CatchUpOption => {
    const window = random.pick(["5s", "20s", "1d"]);
    if (random.chance(0.3)) return { policy: "latest", window };
    const spacing = random.chance(0.4) ? { spacing: random.pick(["1s", "2s"]) } : {};
    return { policy: "all", window, limit: random.int(1, 12), ...spacing };
  };
  return random.pick([() => "skip" as const, () => "latest" as const, () => "all" as const, some])();
}

/** When a schedule that is put at run time is due. */
export function anyTime(random: Random, options: Options): ScheduleTime {
  return random.pick([() => every(random), () => cron(random), () => ({ at: soon(random, options) })])();
}

function every(random: Random): ScheduleTime {
  const every = random.pick(["1s", "2s", "3s", "5s", "7s"]);
  const spread = random.chance(0.2) ? { spread: random.pick(["1s", "3s", "1m"]) } : {};
  return random.chance(0.5) ? { every, ...spread } : { every, anchor: new Date(random.int(0, 10_000)), ...spread };
}

function cron(random: Random): ScheduleTime {
  const pattern = random.pick([
    "* * * * *",
    "*/2 * * * *",
    "*/10 * * * * *",
    "0/7 * 0-22 * * *",
    "0 0 L * *",
    "30 2 * * *",
    "0,1,59 1-3 * * *",
    "0 0 * * *",
    "0 0 1,28-31 * *",
  ]);
  const spread = random.chance(0.2) ? { spread: random.pick(["5s", "10m"]) } : {};
  return { cron: pattern, timezone: random.pick(zones), ...spread };
}

function soon(random: Random, options: Options): Date {
  return new Date(options.startsAt + random.int(-5_000, options.faultsMs));
}
