import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { BackfillRow, BackfillStep } from "../store/backfills.ts";
import type { Store } from "../store/store.ts";
import { nextInstants, reach } from "./backfill-step.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";

/** How many instants one step looks at. */
const instantsPerStep = 500;
/** Another node may end a run of a backfill, and nobody tell: looked at again after this long. */
const lookMs = 1_000;

/**
 * Makes the runs of backfills, so many at a time as each allows. Every node does it; a step names the position it was
 * computed for, so that of several nodes one makes the runs.
 */
export class Backfiller extends Loop {
  readonly #store: Store;
  readonly #onReady: () => void;
  readonly #unreadable = new Set<string>();
  #isActive = false;

  constructor(deps: { store: Store; clock: Clock; logger: Logger; onReady: () => void }) {
    super("backfiller", deps);
    this.#store = deps.store;
    this.#onReady = deps.onReady;
  }

  /** Runs have ended: there may be room for more. */
  ended(): void {
    if (this.#isActive) this.wake();
  }

  async runOnce(): Promise<number | undefined> {
    const rows = await this.#store.backfills.running();
    this.#isActive = rows.length > 0;
    if (!this.#isActive) return undefined;
    const steps = (await Promise.all(rows.map((row) => this.#step(row)))).flatMap((step) => step ?? []);
    if (steps.length === 0) return lookMs;
    await this.#store.backfills.step(steps);
    const isMade = steps.some(({ runs }) => runs.length > 0);
    if (isMade) this.#onReady();
    return isMade ? lookMs : 0;
  }

  /** Undefined where its row cannot be read: said once, and no other waits for it. */
  #compile({ id, spec }: BackfillRow): CompiledSchedule | undefined {
    try {
      return compile(JSON.parse(spec) as ScheduleSpec);
    } catch (error) {
      if (!this.#unreadable.has(id)) this.logger.error(`belfry: backfill ${id} cannot be read: ${textOf(error)}`);
      this.#unreadable.add(id);
      return undefined;
    }
  }

  /** Undefined where there is nothing to do until a run ends. */
  async #step(row: BackfillRow): Promise<BackfillStep | undefined> {
    const { id, position, reprocess, unfinished, concurrency } = row;
    const kept = { id, ...(position === undefined ? {} : { position }) };
    const room = concurrency - unfinished;
    if (row.exhausted || room <= 0) return undefined;
    const schedule = this.#compile(row);
    if (!schedule) return undefined;
    const instants = nextInstants(schedule, row, instantsPerStep);
    const outcomes = reprocess === "all" ? [] : await this.#store.ledger.outcomes(row.scheduleId, instants);
    const reached = reach(instants, outcomes, reprocess, room);
    const now = this.#store.now();
    const runs = reached.wanted.map((instant) => ({ id: makeId(now, this.clock.randomHex(16)), instant }));
    const last = reached.position ?? position;
    return {
      ...kept,
      ...(last === undefined ? {} : { newPosition: last }),
      exhausted: instants.length < instantsPerStep && reached.position === instants.at(-1),
      runs,
      passed: reached.passed,
    };
  }
}
