/**
 * The evaluator beside two that share nothing with it: croner, where its rules agree with ours, and a walker that
 * reads the wall clock minute by minute through Intl and takes DESIGN section 6 word by word.
 *
 * More by hand, from the environment: ROUNDS=200000, SEED=7, ZONES=all.
 */
import { Cron } from "croner";
import { describe, expect, it } from "vitest";
import { type CompiledSchedule, compile } from "./compile.ts";

const rounds = Number(process.env.ROUNDS ?? 20_000);
const seed = Number(process.env.SEED ?? 1);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;

const integer = (random: Random, min: number, max: number) => min + Math.floor(random() * (max - min + 1));
const pick = <T>(random: Random, items: readonly T[]): T => items[integer(random, 0, items.length - 1)] as T;

/** One field, spelled at random, with the values that it lists. */
interface Field {
  text: string;
  values: Set<number>;
  lone: boolean;
}

const monthNames = "JAN feb mar Apr may jun jul aug sep oct nov DEC".split(" ");
const dayNames = "SUN mon Tue wed thu fri sat".split(" ");
type Rule = { min: number; max: number; names?: string[]; any?: boolean };
const rules: Rule[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, any: true },
  { min: 1, max: 12, names: monthNames },
  { min: 0, max: 7, names: dayNames, any: true },
];

function listOf(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function randomItem(random: Random, { min, max, names }: Rule): [string, number[]] {
  const from = integer(random, min, max);
  const to = integer(random, from, max);
  const step = integer(random, 1, Math.min(max, 12));
  const spell = (value: number) => (names && random() < 0.4 ? (names[value - min] ?? String(value)) : String(value));
  const kind = integer(random, 0, 9);
  if (kind <= 3) return [spell(from), [from]];
  // A range's end is a number, as croner takes a name for Sunday there for 7.
  if (kind <= 5) return [`${spell(from)}-${to}`, listOf(from, to, 1)];
  if (kind <= 7) return [`*/${step}`, listOf(min, max, step)];
  if (kind === 8) return [`${from}-${to}/${step}`, listOf(from, to, step)];
  // Croner ends day-of-week at 6 here, where this one goes on to 7, as Cronos and crontab.guru do.
  if (max === 7) return [String(from), [from]];
  return [`${from}/${step}`, listOf(from, max, step)];
}

function randomField(random: Random, rule: Rule, loneShare: number): Field {
  const { min, max, any } = rule;
  if (random() < loneShare) {
    return { text: any && random() < 0.2 ? "?" : "*", values: new Set(listOf(min, max, 1)), lone: true };
  }
  const items = Array.from({ length: integer(random, 1, 3) }, () => randomItem(random, rule));
  return {
    text: items.map(([text]) => text).join(),
    values: new Set(items.flatMap(([, values]) => values)),
    lone: false,
  };
}

interface Pattern {
  cron: string;
  everyHour: boolean;
  matches(wall: Wall): boolean;
}

interface Wall {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

/** A pattern that is due at some time, and what it matches by the sets that it was made of. */
function randomPattern(random: Random, loneShares = [0.1, 0.3, 0.5, 0.6, 0.5]): Pattern {
  const fields = rules.map((rule, index) => randomField(random, rule, loneShares[index] ?? 0.5));
  const [minutes, hours, days, months, weekdays] = fields as [Field, Field, Field, Field, Field];
  if (weekdays.values.has(7)) weekdays.values.add(0);
  const matchesDay = (wall: Wall) => {
    const [byDay, byWeekday] = [days.values.has(wall.day), weekdays.values.has(wall.weekday)];
    return days.lone || weekdays.lone ? byDay && byWeekday : byDay || byWeekday;
  };
  const pattern: Pattern = {
    cron: fields.map(({ text }) => text).join(" "),
    everyHour: hours.values.size === 24,
    matches: (wall) =>
      minutes.values.has(wall.minute) &&
      hours.values.has(wall.hour) &&
      months.values.has(wall.month) &&
      matchesDay(wall),
  };
  const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const longest = Math.max(...[...months.values].map((month) => lengths[month - 1] ?? 0));
  const never = weekdays.lone && Math.min(...days.values) > longest;
  return never ? randomPattern(random, loneShares) : pattern;
}

const variedZones = [
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "America/Havana",
  "America/Scoresbysund",
  "America/Nuuk",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Asia/Beirut",
  "Asia/Gaza",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Antarctica/Troll",
  "Antarctica/Casey",
  "Antarctica/Vostok",
];

const zones = process.env.ZONES === "all" ? Intl.supportedValuesOf("timeZone") : variedZones;

/** Reads a zone's wall clock: wall time minus UTC, in milliseconds. Another spelling of Intl than the evaluator's. */
function offsetReader(timeZone: string): (instant: number) => number {
  const two = "2-digit";
  const shape = {
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: "h23",
  } as const;
  const format = new Intl.DateTimeFormat("en-US", { timeZone, ...shape });
  return (instant) => {
    // 03/29/2026, 02:30:00
    const text = format.format(instant);
    const [month, dayOfMonth, year] = [text.slice(0, 2), text.slice(3, 5), text.slice(6, 10)].map(Number) as Numbers;
    const [hours, minutes, seconds] = [text.slice(12, 14), text.slice(15, 17), text.slice(18)].map(Number) as Numbers;
    return Date.UTC(year, month - 1, dayOfMonth, hours, minutes, seconds) - Math.floor(instant / 1_000) * 1_000;
  };
}

type Numbers = [number, number, number];

/** The instants from `from` until `until` at which the offset changes, to the minute. */
function changesOf(offsetAt: (instant: number) => number, from: number, until: number): number[] {
  const changes: number[] = [];
  for (let start = from; start < until; start += day) {
    let [low, high] = [start, start + day];
    if (offsetAt(low) === offsetAt(high)) continue;
    while (high - low > minute) {
      const middle = low + Math.floor((high - low) / 2 / minute) * minute;
      if (offsetAt(middle) === offsetAt(low)) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

describe(`croner, ${rounds} random (pattern, zone, instant), seed ${seed}`, () => {
  it("UTC", () => {
    const random = randomFrom(seed);
    for (let round = 0; round < rounds / 2; round += 5) compareWithCroner(random, "UTC");
  }, 600_000);

  it("zones, but for the days on which the clocks change where the pattern lists hours", () => {
    const random = randomFrom(seed + 1);
    for (let round = 0; round < rounds / 2; round += 5) compareWithCroner(random, pick(random, zones));
  }, 600_000);
});

/** Five questions about one pattern: four forward, one backward. */
function compareWithCroner(random: Random, zone: string): void {
  const pattern = randomPattern(random);
  const croner = new Cron(pattern.cron, { timezone: zone, sloppyRanges: true, mode: "5-part" });
  const ours = compile({ cron: pattern.cron, timezone: zone });
  let after = integer(random, Date.UTC(1975, 0, 1), Date.UTC(2090, 0, 1));
  for (let step = 0; step < 4; step++) {
    const next = ours.next(after);
    expectSame(pattern, zone, after, next, croner.nextRun(new Date(after))?.getTime());
    after = next ?? after;
  }
  const before = after + integer(random, 1, 40 * day);
  expectSame(pattern, zone, before, ours.previous(before), croner.previousRuns(1, new Date(before))[0]?.getTime());
}

function expectSame(pattern: Pattern, zone: string, asked: number, our?: number, their?: number): void {
  if (our === their) return;
  const answers = [our, their].filter((instant) => instant !== undefined);
  // Croner reaches past our years, and has another rule for days on which the clocks change.
  if (answers.every((instant) => instant < Date.UTC(1970, 0, 2) || instant > Date.UTC(2099, 11, 30))) return;
  const offsetAt = offsetReader(zone);
  const changing = (instant: number) => changesOf(offsetAt, instant - 2 * day, instant + 2 * day).length > 0;
  if (!pattern.everyHour && [asked, ...answers].some(changing)) return;
  expect(told(pattern.cron, zone, asked, our)).toBe(told(pattern.cron, zone, asked, their));
}

function told(cron: string, zone: string, asked: number, answer: number | undefined): string {
  const text = (instant: number | undefined) => (instant === undefined ? "never" : new Date(instant).toISOString());
  return `${cron} in ${zone} from ${text(asked)}: ${text(answer)}`;
}

/** Every minute around a change: what a person with a watch would write down. */
interface Watch {
  zone: string;
  change: number;
  /** Each minute that passed, and what the clock on the wall showed. */
  passed: { instant: number; wall: Wall }[];
  /** Each local time that was shown, and when first; and each in a gap of at most 3 h, moved forward by its length. */
  local: { instant: number; wall: Wall }[];
}

const reachMinutes = 27 * 60;
const longestGapMinutes = 180;

function watch(zone: string, offsetAt: (instant: number) => number, change: number): Watch {
  const start = change - reachMinutes * minute;
  const instants = Array.from({ length: 2 * reachMinutes }, (_, index) => start + index * minute);
  const shown = instants.map((instant) => (instant + offsetAt(instant)) / minute);
  const local = new Map<number, number>();
  instants.forEach((instant, index) => {
    const wall = shown[index] ?? Number.NaN;
    const gapMinutes = index === 0 ? 0 : wall - (shown[index - 1] ?? wall) - 1;
    for (let skipped = 0; skipped < gapMinutes && gapMinutes <= longestGapMinutes; skipped++) {
      local.set(wall - gapMinutes + skipped, instant + skipped * minute);
    }
    if (!local.has(wall)) local.set(wall, instant);
  });
  return {
    zone,
    change,
    passed: instants.map((instant, index) => ({ instant, wall: wallOf(shown[index] ?? Number.NaN) })),
    local: [...local].map(([wall, instant]) => ({ instant, wall: wallOf(wall) })),
  };
}

function wallOf(minutes: number): Wall {
  const date = new Date(minutes * minute);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

/** The due instants by the letter of DESIGN section 6. */
function walk(seen: Watch, pattern: Pattern): number[] {
  const times = pattern.everyHour ? seen.passed : seen.local;
  const due = new Set(times.filter(({ wall }) => pattern.matches(wall)).map(({ instant }) => instant));
  return [...due].sort((a, b) => a - b);
}

/** What the evaluator says for the day before and the day after a change, forward and backward. */
function compareWithWalker(seen: Watch, pattern: Pattern): number {
  const [from, until] = [seen.change - day, seen.change + day];
  const compiled: CompiledSchedule = compile({ cron: pattern.cron, timezone: seen.zone });
  const expected = walk(seen, pattern).filter((instant) => instant > from && instant <= until);
  const forward = compiled.between(from, until, 10_000);
  const backward: number[] = [];
  for (let at = compiled.previous(until + 1); at !== undefined && at > from; at = compiled.previous(at))
    backward.push(at);
  const context = `${pattern.cron} in ${seen.zone} around ${new Date(seen.change).toISOString()}`;
  expect(forward, context).toEqual(expected);
  expect(backward.reverse(), context).toEqual(expected);
  return expected.length;
}

/** Patterns that are due within the two days of a change, most of them near it. */
function patternNear(random: Random, everyHour: boolean): Pattern {
  return randomPattern(random, [0.1, everyHour ? 1 : 0, 0.6, 0.9, 0.6]);
}

describe("a walker of wall clocks", () => {
  it.each(zones)("%s: two days around every change from 2020 to 2027", (zone) => {
    const random = randomFrom(seed + zones.indexOf(zone));
    const offsetAt = offsetReader(zone);
    for (const change of changesOf(offsetAt, Date.UTC(2020, 0, 1), Date.UTC(2028, 0, 1))) {
      const seen = watch(zone, offsetAt, change);
      let due = 0;
      for (let count = 0; count < 12; count++) due += compareWithWalker(seen, patternNear(random, count % 4 === 0));
      expect(due).toBeGreaterThan(0);
    }
  });

  it.each<[string, string]>([
    ["Pacific/Apia", "2011-12-30T10:00Z"],
    ["Pacific/Fakaofo", "2011-12-30T11:00Z"],
    ["Pacific/Kwajalein", "1993-08-21T12:00Z"],
    ["Pacific/Kiritimati", "1994-12-31T10:00Z"],
    ["Pacific/Enderbury", "1994-12-31T11:00Z"],
    ["Antarctica/Vostok", "1994-01-31T17:00Z"],
    ["Antarctica/Vostok", "1994-11-01T00:00Z"],
    ["America/St_Johns", "2006-10-29T02:31Z"],
    ["America/St_Johns", "1988-04-03T03:31Z"],
    ["America/Caracas", "2007-12-09T07:00Z"],
    ["Asia/Pyongyang", "2018-05-04T15:00Z"],
    ["Asia/Kathmandu", "1985-12-31T18:30Z"],
  ])("%s at %s, which was no summer time", (zone, at) => {
    const random = randomFrom(seed);
    const offsetAt = offsetReader(zone);
    const [change = 0] = changesOf(offsetAt, Date.parse(at) - hour, Date.parse(at) + hour);
    expect(new Date(change).toISOString()).toBe(new Date(at).toISOString());
    const seen = watch(zone, offsetAt, change);
    for (let count = 0; count < 60; count++) compareWithWalker(seen, patternNear(random, count % 4 === 0));
  });
});
