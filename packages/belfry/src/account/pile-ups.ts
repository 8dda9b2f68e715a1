import type { Plan } from "../api/account.ts";
import { toIso } from "../run/record.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { type Coming, dueTimes } from "./coming.ts";

const minuteMs = 60_000;
const minutes = 24 * 60;
/** More schedules than these in one minute are worth a word, and of so many minutes. */
const fewMax = 10;
const worstMax = 10;

/** How many schedules fire in each minute of the next 24 h, before and after a deploy. */
export class PileUps {
  readonly #now: number;
  readonly #from: number;
  readonly #before = new Int32Array(minutes);
  readonly #after = new Int32Array(minutes);

  constructor(now: number) {
    this.#now = now;
    this.#from = Math.floor(now / minuteMs) * minuteMs;
  }

  /** Counts a schedule once for every minute in which it fires. */
  *add(
    coming: Coming,
    row: Pick<ScheduleRow, "cursor" | "pause" | "skipUntil">,
    side: { before: boolean; after: boolean },
  ): Generator<void> {
    let last = -1;
    yield* dueTimes(coming, row, { now: this.#now, to: this.#from + minutes * minuteMs }, (dueAt) => {
      const minute = Math.floor((dueAt - this.#from) / minuteMs);
      if (minute === last) return;
      last = minute;
      if (side.before) this.#before[minute] = (this.#before[minute] ?? 0) + 1;
      if (side.after) this.#after[minute] = (this.#after[minute] ?? 0) + 1;
    });
  }

  worst(): Plan["pileUps"] {
    const found = [...this.#after.keys()].filter((minute) => (this.#after[minute] ?? 0) > fewMax);
    found.sort((a, b) => (this.#after[b] ?? 0) - (this.#after[a] ?? 0) || a - b);
    return found.slice(0, worstMax).map((minute) => ({
      at: toIso(this.#from + minute * minuteMs),
      before: this.#before[minute] ?? 0,
      after: this.#after[minute] ?? 0,
    }));
  }
}
