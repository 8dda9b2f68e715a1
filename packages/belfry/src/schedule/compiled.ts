/**
 * When a schedule is due. Instants are whole milliseconds since 1970 (UTC), from 1970 to 2099. The answers depend on
 * the schedule and the zone data only: not on the clock, the process's own zone or what was asked before.
 */
export interface CompiledSchedule {
  /** The first instant later than `after`; undefined when there is none. */
  next(after: number): number | undefined;
  /** The last instant earlier than `before`; undefined when there is none. */
  previous(before: number): number | undefined;
  /** The instants later than `after` and up to `upTo`, which is included, ascending: the first `limit` of them. */
  between(after: number, upTo: number, limit: number): number[];
  /**
   * When the run of an instant is due: the instant itself, or with `spread` a stable time later, before the next
   * instant. An instant that comes later is never due earlier.
   */
  dueAt(instant: number): number;
}

/** What all schedules have in common. */
export abstract class Compiled implements CompiledSchedule {
  abstract next(after: number): number | undefined;
  abstract previous(before: number): number | undefined;

  between(after: number, upTo: number, limit: number): number[] {
    const instants: number[] = [];
    let instant = this.next(after);
    while (instant !== undefined && instant <= upTo && instants.length < limit) {
      instants.push(instant);
      instant = this.next(instant);
    }
    return instants;
  }

  dueAt(instant: number): number {
    return instant;
  }
}
