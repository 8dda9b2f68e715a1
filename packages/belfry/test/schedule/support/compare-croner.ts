import { Cron } from "croner";
import { type CompiledSchedule, compile } from "../../../src/schedule/compile.ts";
import type { ScheduleSpec } from "../../../src/schedule/spec.ts";
import { type Pattern, randomPattern } from "./pattern.ts";
import { integer, pick, type Random } from "./random.ts";
import { changesOf, offsetReader } from "./zones.ts";

const day = 24 * 3_600_000;
const longestGapMs = 3 * 3_600_000;

/**
 * Croner's rule for changing clocks, said in ours: a pattern of one time of day fires at the transition and at the
 * first pass, every other one follows real time.
 */
function cronersSpec(pattern: Pattern, timezone: string): ScheduleSpec {
  const { cron, everyHour, fixedTime } = pattern;
  if (everyHour) return { cron, timezone };
  return { cron, timezone, dst: fixedTime ? { gap: "transition" } : { gap: "skip", repeat: "both" } };
}

/** What was compared, and where the two differ. */
export interface Tally {
  compared: number;
  /** Answers that are left out, by reason. */
  readonly leftOut: Record<string, number>;
  readonly differences: string[];
}

/** Five questions about one random pattern: four forward, one backward. */
export function compareWithCroner(
  random: Random,
  zone: string,
  tally: Tally,
  make: (spec: ScheduleSpec) => CompiledSchedule = compile,
): void {
  const pattern = randomPattern(random, { words: "croner" });
  const croner = new Cron(pattern.cron, {
    timezone: zone,
    sloppyRanges: true,
    mode: pattern.cron.split(" ").length === 6 ? "6-part" : "5-part",
  });
  const ours = make(cronersSpec(pattern, zone));
  let after = randomInstant(random, zone);
  for (let step = 0; step < 4; step++) {
    const next = ours.next(after);
    judge({ pattern, zone, asked: after, our: next, their: croner.nextRun(new Date(after))?.getTime() }, tally);
    after = next ?? after;
  }
  const before = after + integer(random, 1, 40 * day);
  const their = croner.previousRuns(1, new Date(before))[0]?.getTime();
  judge({ pattern, zone, asked: before, our: ours.previous(before), their }, tally);
}

const changes = new Map<string, number[]>();

/** Any instant, or as often one shortly before clocks change. */
function randomInstant(random: Random, zone: string): number {
  const known = changes.get(zone) ?? changesOf(offsetReader(zone), Date.UTC(2000, 0, 1), Date.UTC(2038, 0, 1));
  changes.set(zone, known);
  if (known.length === 0 || random() < 0.5) return integer(random, Date.UTC(1975, 0, 1), Date.UTC(2090, 0, 1));
  return pick(random, known) - integer(random, 0, day);
}

interface Answers {
  readonly pattern: Pattern;
  readonly zone: string;
  readonly asked: number;
  readonly our?: number | undefined;
  readonly their?: number | undefined;
}

function judge(answers: Answers, tally: Tally): void {
  tally.compared += 1;
  if (answers.our === answers.their) return;
  const reason = reasonToDiffer(answers);
  if (reason) tally.leftOut[reason] = (tally.leftOut[reason] ?? 0) + 1;
  else tally.differences.push(told(answers));
}

/** Where the rules are not the same, so that both are right. */
function reasonToDiffer({ pattern, zone, our, their }: Answers): string | undefined {
  const answers = [our, their].filter((instant) => instant !== undefined);
  const beyond = (instant: number) => instant < Date.UTC(1970, 0, 2) || instant > Date.UTC(2099, 11, 30);
  if (answers.every(beyond)) return "outside of 1970-2099";
  const offsetAt = offsetReader(zone);
  for (const change of answers.flatMap((instant) => changesOf(offsetAt, instant - 2 * day, instant + 2 * day))) {
    const [before, after] = [offsetAt(change - 60_000), offsetAt(change)];
    if (after - before > longestGapMs) return "a gap over 3 h is a lost date here";
    if (pattern.fixedTime && !sameDay(change + before, change + after)) return "a gap over midnight";
  }
  return undefined;
}

function sameDay(a: number, b: number): boolean {
  return Math.floor(a / day) === Math.floor(b / day);
}

function told({ pattern, zone, asked, our, their }: Answers): string {
  const text = (instant: number | undefined) => (instant === undefined ? "never" : new Date(instant).toISOString());
  return `${pattern.cron} in ${zone} from ${text(asked)}: ours ${text(our)}, croner's ${text(their)}`;
}
