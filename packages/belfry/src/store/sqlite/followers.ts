import type { Connection } from "./connection.ts";
import { isIn } from "./states.ts";

/** What is small or empty in most stores, each by a partial index of its own. */
const probe = `SELECT EXISTS (SELECT 1 FROM runs WHERE ${isIn("held")}),
  EXISTS (SELECT 1 FROM schedules WHERE pause_on_failure IS NOT NULL),
  EXISTS (SELECT 1 FROM backfills WHERE exhausted = 1 AND ended_at IS NULL)`;

/**
 * Whether the end of a run may concern others: runs that are held, schedules that count failures, backfills whose runs
 * were all made. Read once in a transaction at most, so that an end costs nothing more where there are none.
 */
export class Followers {
  readonly #db: Connection;
  #found: { held: boolean; counting: boolean; draining: boolean } | undefined;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Runs wait for earlier ones of their schedule. */
  get areHeld(): boolean {
    return this.#read().held;
  }

  /** Schedules are paused after so many failures. */
  get areCounting(): boolean {
    return this.#read().counting;
  }

  /** Backfills only wait for their runs to end. */
  get areDraining(): boolean {
    return this.#read().draining;
  }

  get isAny(): boolean {
    const { held, counting, draining } = this.#read();
    return held || counting || draining;
  }

  noteHeld(): void {
    if (this.#found) this.#found.held = true;
  }

  /** Schedules or backfills have changed. */
  forget(): void {
    this.#found = undefined;
  }

  #read() {
    if (!this.#found) {
      const [found = [0, 0, 0]] = this.#db.tuples<[number, number, number]>(probe);
      this.#found = { held: found[0] === 1, counting: found[1] === 1, draining: found[2] === 1 };
    }
    return this.#found;
  }
}
