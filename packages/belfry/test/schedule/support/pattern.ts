import { type DayWord, dateWord, type Words, weekdayWord } from "./day-words.ts";
import { integer, type Random } from "./random.ts";
import { type Wall, wallOf } from "./wall.ts";

/** A pattern that is due at some time, and what it lists, by the sets that it was made of. */
export interface Pattern {
  readonly cron: string;
  readonly seconds: ReadonlySet<number>;
  readonly everyHour: boolean;
  /** Whether second, minute and hour each are one number. */
  readonly fixedTime: boolean;
  /** Whether it lists a minute of the wall clock. */
  matches(wall: Wall): boolean;
}

/** One field, spelled at random, with the values that it lists. */
interface Field {
  readonly text: string;
  readonly values: ReadonlySet<number>;
  readonly words: readonly DayWord[];
  readonly lone: boolean;
}

type Rule = { min: number; max: number; names?: string[]; word?: (random: Random) => DayWord };

const sixty: Rule = { min: 0, max: 59 };
const monthNames = "JAN feb mar Apr may jun jul aug sep oct nov DEC".split(" ");
const dayNames = "SUN mon Tue wed thu fri sat".split(" ");

const rulesFor = (words: Words): Rule[] => [
  sixty,
  sixty,
  { min: 0, max: 23 },
  { min: 1, max: 31, word: (random) => dateWord(random, words) },
  { min: 1, max: 12, names: monthNames },
  { min: 0, max: 7, names: dayNames, word: weekdayWord },
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
  const { min, max, word } = rule;
  if (random() < loneShare) {
    return { text: word && random() < 0.2 ? "?" : "*", values: new Set(listOf(min, max, 1)), words: [], lone: true };
  }
  const texts: string[] = [];
  const values = new Set<number>();
  const words: DayWord[] = [];
  for (let count = integer(random, 1, 3); count > 0; count--) {
    if (word && random() < 0.3) {
      words.push(word(random));
      texts.push(words.at(-1)?.text ?? "");
      continue;
    }
    const [text, listed] = randomItem(random, rule);
    texts.push(text);
    for (const value of listed) values.add(max === 7 ? value % 7 : value);
  }
  return { text: texts.join(), values, words, lone: false };
}

export interface PatternShape {
  /** How often each field is a lone `*`: minute, hour, day-of-month, month, day-of-week. */
  readonly loneShares?: readonly number[];
  readonly words?: Words;
}

const defaultShares = [0.1, 0.3, 0.5, 0.6, 0.5];

export function randomPattern(random: Random, shape: PatternShape = {}): Pattern {
  const { loneShares = defaultShares, words = "all" } = shape;
  const withSeconds = random() < 0.3;
  const shares = [withSeconds ? 0.1 : 1, ...loneShares];
  const fields = rulesFor(words).map((rule, index) => randomField(random, rule, shares[index] ?? 0.5));
  const [seconds, minutes, hours, days, months, weekdays] = fields as [Field, Field, Field, Field, Field, Field];
  const lists = ({ values, words: listed }: Field, value: number, wall: Wall) =>
    values.has(value) || listed.some((word) => word.matches(wall));
  const matchesDay = (wall: Wall) => {
    const [byDay, byWeekday] = [lists(days, wall.day, wall), lists(weekdays, wall.weekday, wall)];
    return days.lone || weekdays.lone ? byDay && byWeekday : byDay || byWeekday;
  };
  const single = ({ text }: Field) => /^\d+$/.test(text) || isSingle(text);
  const pattern: Pattern = {
    cron: (withSeconds ? fields : fields.slice(1)).map(({ text }) => text).join(" "),
    seconds: withSeconds ? seconds.values : new Set([0]),
    everyHour: hours.values.size === 24,
    fixedTime: (!withSeconds || single(seconds)) && single(minutes) && single(hours),
    matches: (wall) =>
      minutes.values.has(wall.minute) &&
      hours.values.has(wall.hour) &&
      months.values.has(wall.month) &&
      matchesDay(wall),
  };
  const dueInSomeMonth = leapCycle.some((wall) => months.values.has(wall.month) && matchesDay(wall));
  return dueInSomeMonth ? pattern : randomPattern(random, shape);
}

/** Lists and ranges of one number, such as `5,5` and `7-7`. */
function isSingle(text: string): boolean {
  return !/[*/]/.test(text) && new Set(text.split(/[,-]/)).size === 1;
}

/** Every day of 28 years: all months with all weekdays on which they may begin. */
const leapCycle = Array.from({ length: 28 * 366 }, (_, day) => wallOf(day * 1_440));
