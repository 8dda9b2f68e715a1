/** What a pattern lists, as bit sets: small integers, so that a schedule is small and a question is a few operations. */
export interface CronFields {
  /** Bits 0-29 are the seconds 0-29. */
  readonly secondsEarly: number;
  /** Bits 0-29 are the seconds 30-59. */
  readonly secondsLate: number;
  /** Bits 0-29 are the minutes 0-29. */
  readonly minutesEarly: number;
  /** Bits 0-29 are the minutes 30-59. */
  readonly minutesLate: number;
  /** Bit 0 is midnight. */
  readonly hours: number;
  /** Bit 0 is the first of the month. */
  readonly days: number;
  /** Bit 0 is January. */
  readonly months: number;
  /** Bit 0 is Sunday. */
  readonly weekdays: number;
  /** Whether day-of-month or day-of-week is enough, as both are restricted (POSIX); otherwise both must match. */
  readonly eitherDay: boolean;
  /** The days that depend on the month's length or its weekdays; absent where the pattern lists none. */
  readonly special?: SpecialDays;
}

/** Days that `L`, `W` and `#` list (Quartz). */
export interface SpecialDays {
  /** Bit n is the day n days before the last of the month: `L` is bit 0, `L-2` bit 2. */
  readonly fromEnd: number;
  /** Bit 0 is the working day nearest to the first of the month: `1W`. */
  readonly nearest: number;
  /** `LW`: the last working day of the month. */
  readonly lastWorkday: boolean;
  /** Seven bits, Sunday first, for each of the first four weeks: `1#2` is the second Monday, bit 8. */
  readonly nth: number;
  /** Bit 0 is the fifth Sunday: `0#5`. */
  readonly fifth: number;
  /** Bit 0 is the last Sunday of the month: `0L`. */
  readonly last: number;
}

const allHours = 0xffffff;

/** Whether a pattern lists every hour, however spelled. Such a schedule follows real time when the clocks change. */
export function coversEveryHour(fields: CronFields): boolean {
  return fields.hours === allHours;
}

/** The number of the lowest set bit of `bits`, which is not 0. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The number of the highest set bit of `bits`, which is not 0. */
export function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}

/** The numbers of the set bits of `bits`, ascending. */
export function bitsOf(bits: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (bits >>> bit) & 1);
}
