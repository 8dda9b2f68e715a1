import { integer, pick, type Random } from "./random.ts";
import type { Wall } from "./wall.ts";

/** A word of a day field, spelled at random, and the days that it lists, by counting on a calendar. */
export interface DayWord {
  readonly text: string;
  matches(wall: Wall): boolean;
}

const dayNames = "SUN mon Tue wed thu fri sat".split(" ");

/** Which words there are: croner knows no `L-2`, and `LW` only alone. */
export type Words = "all" | "croner";

export function dateWord(random: Random, words: Words): DayWord {
  const day = integer(random, 1, 31);
  const before = integer(random, 1, 30);
  const kinds: DayWord[] = [
    { text: "L", matches: (wall) => wall.day === wall.lastDay },
    { text: `${day}W`, matches: (wall) => wall.day === workdayNear(day, wall) },
    { text: `L-${before}`, matches: (wall) => wall.day === wall.lastDay - before },
    { text: "lw", matches: (wall) => wall.day === workdayNear(wall.lastDay, wall) },
  ];
  return pick(random, words === "all" ? kinds : kinds.slice(0, 2));
}

export function weekdayWord(random: Random): DayWord {
  const weekday = integer(random, 0, 6);
  const name = random() < 0.4 ? dayNames[weekday] : String(weekday);
  const nth = integer(random, 1, 5);
  const isLast = (wall: Wall) => wall.weekday === weekday && wall.day + 7 > wall.lastDay;
  return pick<DayWord>(random, [
    { text: `${name}L`, matches: isLast },
    { text: `${name}#L`, matches: isLast },
    { text: `${name}#${nth}`, matches: (wall) => wall.weekday === weekday && Math.ceil(wall.day / 7) === nth },
  ]);
}

/** The nearest of Monday to Friday that is of the same month; undefined where the month has no such day. */
function workdayNear(day: number, wall: Wall): number | undefined {
  if (day > wall.lastDay) return undefined;
  return [day, day - 1, day + 1, day - 2, day + 2].find((near) => {
    const weekday = (((wall.weekday + near - wall.day) % 7) + 7) % 7;
    return near >= 1 && near <= wall.lastDay && weekday !== 0 && weekday !== 6;
  });
}
