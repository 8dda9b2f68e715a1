import type { Forecast } from "../api/account.ts";
import { toIso } from "../run/record.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { Busiest } from "./busiest.ts";
import { type Coming, dueTimes } from "./coming.ts";
import type { Durations } from "./durations.ts";

const minuteMs = 60_000;
const secondMs = 1_000;
const worstMax = 10;
const overlappingMax = 100;

/**
 * Counts what fires in the hours to come, schedule by schedule, task by task: in arrays of the minutes and seconds of
 * that time, however many schedules there are.
 */
export class ForecastSum {
  readonly #now: number;
  readonly #from: number;
  readonly #to: number;
  readonly #perMinute: Int32Array;
  /** By how many more runs run at once than in the second before. */
  readonly #changes: Int32Array;
  readonly #busiest: Busiest;
  readonly #overlapping: Forecast["overlapping"] = [];
  readonly #unknown: string[] = [];
  #task: { readonly name: string; readonly durations?: Durations; fires: boolean } | undefined;
  #schedules = 0;
  #firings = 0;

  constructor({ now, hours }: { now: number; hours: number }) {
    this.#now = now;
    this.#from = Math.floor(now / minuteMs) * minuteMs;
    this.#to = this.#from + hours * 60 * minuteMs;
    this.#perMinute = new Int32Array(hours * 60);
    this.#changes = new Int32Array(hours * 3_600 + 1);
    this.#busiest = new Busiest(hours * 60);
  }

  /** The schedules that come are this task's; each task comes once. */
  begin(name: string, durations: Durations | undefined): void {
    this.#close();
    this.#task = { name, fires: false, ...(durations ? { durations } : {}) };
  }

  *add(row: ScheduleRow, coming: Coming): Generator<void> {
    const { durations } = this.#task ?? {};
    const runs = { alone: row.overlap !== "allow", meanMs: durations?.meanMs ?? 0 };
    let [last, everyMs]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    const follow = (dueAt: number) => {
      if (last !== undefined) {
        everyMs = Math.min(everyMs, dueAt - last);
        this.#run(last, runs.alone ? Math.min(last + runs.meanMs, dueAt) : last + runs.meanMs);
      }
      last = dueAt;
    };
    yield* dueTimes(coming, row, { now: this.#now, to: this.#to }, (dueAt) => {
      this.#fire(dueAt);
      follow(dueAt);
    });
    if (last === undefined) return;
    this.#schedules += 1;
    const next = coming.schedule.next(this.#to - 1);
    follow(next === undefined ? Number.POSITIVE_INFINITY : Math.max(last, coming.schedule.dueAt(next)));
    this.#noteOverlap(row, everyMs);
  }

  toForecast(): Forecast {
    this.#close();
    const concurrency = this.#concurrency();
    const minutes = [...this.#perMinute.keys()].filter((minute) => this.#perMinute[minute] !== 0);
    minutes.sort((a, b) => (this.#perMinute[b] ?? 0) - (this.#perMinute[a] ?? 0) || a - b);
    const worst = minutes.slice(0, worstMax).map((minute) => ({
      at: toIso(this.#from + minute * minuteMs),
      firings: this.#perMinute[minute] ?? 0,
      concurrency: concurrency[minute] ?? 0,
      tasks: this.#busiest.of(minute),
    }));
    return {
      ...{ from: toIso(this.#from), to: toIso(this.#to), schedules: this.#schedules, firings: this.#firings },
      ...{ perMinute: [...this.#perMinute], peakConcurrency: concurrency.reduce((a, b) => Math.max(a, b), 0), worst },
      ...{ overlapping: this.#overlapping, unknownDurations: this.#unknown },
    };
  }

  #close(): void {
    if (!this.#task) return;
    const { name, durations, fires } = this.#task;
    this.#busiest.close(name);
    if (fires && !durations) this.#unknown.push(name);
  }

  #fire(dueAt: number): void {
    const minute = Math.floor((dueAt - this.#from) / minuteMs);
    this.#perMinute[minute] = (this.#perMinute[minute] ?? 0) + 1;
    this.#firings += 1;
    this.#busiest.note(minute);
    if (this.#task) this.#task.fires = true;
  }

  /** A run is there in every second that it touches, and in one at least. */
  #run(startsAt: number, endsAt: number): void {
    const first = Math.floor((startsAt - this.#from) / secondMs);
    const end = Math.max(first + 1, Math.ceil((endsAt - this.#from) / secondMs));
    this.#changes[first] = (this.#changes[first] ?? 0) + 1;
    if (end < this.#changes.length) this.#changes[end] = (this.#changes[end] ?? 0) - 1;
  }

  #noteOverlap({ task, key }: ScheduleRow, everyMs: number): void {
    const durationMs = this.#task?.durations?.mostMs ?? 0;
    if (durationMs <= everyMs || this.#overlapping.length >= overlappingMax) return;
    this.#overlapping.push({ task, schedule: key, durationMs, everyMs });
  }

  /** How many runs run at once in each minute, at its busiest second. */
  #concurrency(): number[] {
    let running = 0;
    return Array.from(this.#perMinute, (_, minute) => {
      let most = 0;
      for (let second = minute * 60; second < (minute + 1) * 60; second++) {
        running += this.#changes[second] ?? 0;
        if (running > most) most = running;
      }
      return most;
    });
  }
}
