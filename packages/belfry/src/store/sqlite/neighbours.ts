import { systemClock } from "../../clock/system.ts";
import type { Connection } from "./connection.ts";

/** How long after a commit of theirs others count as being there. */
const nearMs = 2_000;
const lookEveryMs = 1_000;

/** The other connections that write to this file, as far as their commits tell of them. */
export class Neighbours {
  readonly #db: Connection;
  readonly #onChanged: () => void;
  #dataVersion: number | undefined;
  /** How many changes are known: those that this connection committed, and those that were looked at. */
  #changes: number;
  #isChanged = false;
  #nearUntil = Number.NEGATIVE_INFINITY;
  #cancelLook: (() => void) | undefined;

  constructor(db: Connection, onChanged: () => void) {
    this.#db = db;
    this.#onChanged = onChanged;
    this.#dataVersion = this.#readVersion();
    this.#changes = this.#readChanges();
  }

  /** Whether others wrote a short time ago. */
  get areNear(): boolean {
    return this.#nearUntil > systemClock.mono();
  }

  /** Somebody else is writing. */
  note(): void {
    this.#nearUntil = systemClock.mono() + nearMs;
  }

  /** Notes whether others have committed since the last look, and more than leases; `own` are our own changes since. */
  look(own = 0): void {
    this.#changes += own;
    const version = this.#readVersion();
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.note();
    const changes = this.#readChanges();
    this.#isChanged ||= changes !== this.#changes;
    this.#changes = changes;
  }

  /** Starts to look once a second and to tell of changes, or ends it. */
  watch(on: boolean): void {
    this.#cancelLook?.();
    this.#cancelLook = on ? systemClock.after(lookEveryMs, () => this.#lookAgain()) : undefined;
  }

  #lookAgain(): void {
    this.look();
    if (this.#isChanged) this.#onChanged();
    this.#isChanged = false;
    this.watch(true);
  }

  #readVersion(): number | undefined {
    return this.#db.value<number>("PRAGMA data_version");
  }

  #readChanges(): number {
    return this.#db.value<number>("SELECT changes FROM meta") ?? 0;
  }
}
