import { BelfryError } from "../base/errors.ts";
import type { Clock } from "../clock/clock.ts";
import { captureConsole, releaseConsole } from "../engine/console.ts";
import { type GlobalEngine, shared } from "../engine/global.ts";
import { makeId } from "../run/id.ts";
import type { TaskRules } from "../task/parse.ts";
import { Registry } from "../task/registry.ts";
import { Activity } from "./activity.ts";
import { Awake } from "./awake.ts";
import { Book } from "./book.ts";
import { chanceOf } from "./chance.ts";
import { checkPayloads, Definitions } from "./definitions.ts";
import { Firings } from "./firings.ts";
import { Handlers } from "./handlers.ts";
import type { TestSettings } from "./options.ts";
import { VirtualTime } from "./time.ts";

/** The process's own timers come into their own after so many steps of virtual time. */
const stepsPerTurn = 10_000;

/** Virtual time, the tasks in it, and the one loop that lets things happen. */
export class Simulation {
  readonly time: VirtualTime;
  readonly awake: Awake;
  readonly book: Book;
  readonly firings: Firings;
  readonly definitions: Definitions;
  readonly #handlers: Handlers;
  readonly #clock: Clock;
  readonly #settings: TestSettings;
  #unchecked: readonly TaskRules[];
  #isMoving = false;
  #ids = 0;
  #steps = 0;

  constructor(settings: TestSettings, clock: Clock, engine: GlobalEngine) {
    const { startMs, app, keep, logger, concurrency, stopGraceMs, seed } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.time = new VirtualTime(startMs);
    this.awake = new Awake(clock, (message) => logger.warn(message));
    const newId = () => this.newId();
    this.book = new Book({
      time: this.time,
      newId,
      slots: concurrency,
      onCancel: (run) => this.#handlers.cancel(run),
      onEnded: (run) => {
        if (run.state === "failed") this.#handlers.failed(run);
        for (const tell of run.waiting ?? []) tell();
      },
    });
    const { time, awake, book } = this;
    this.firings = new Firings(time, book);
    this.definitions = new Definitions({ time, firings: this.firings, book, newId, app, keep });
    const chance = { random: chanceOf(seed) };
    this.#handlers = new Handlers({ time, awake, book, clock: chance, logger, engine, stopGraceMs });
    this.#unchecked = new Registry(settings.tasks).all();
    this.definitions.deploy(this.#unchecked);
  }

  newId(): string {
    this.#ids += 1;
    return makeId(this.time.wallMs, this.#ids.toString(16).padStart(16, "0"));
  }

  /** The code of this kit's that is running right now. */
  current(): Activity | undefined {
    const inside: unknown = shared().inside.getStore();
    return inside instanceof Activity ? inside : undefined;
  }

  async redeploy(tasks: unknown): Promise<void> {
    const rules = new Registry(tasks).all();
    await checkPayloads(rules);
    this.definitions.deploy(rules);
  }

  /** The one node's process is gone. What it was running is lost once another one is up. */
  down(from: number, to: number): void {
    this.time.at(from, () => {
      if (!this.book.isUp) return;
      this.book.isUp = false;
      const lost = this.#handlers.crash();
      this.time.at(to, () => {
        this.book.isUp = true;
        this.book.freeAll();
        for (const run of lost) this.book.lose(run);
      });
    });
  }

  /**
   * Lets time go on for as long as `left` says, in milliseconds; undefined: it stands. Rejects E_TEST_TIME from inside
   * of a handler, and while another call moves time.
   */
  async move(call: string, left: () => number | undefined): Promise<void> {
    if (this.#isMoving || this.current()) throw new BelfryError("E_TEST_TIME", { call });
    this.#isMoving = true;
    const unwatch = this.awake.watch();
    captureConsole();
    try {
      await checkPayloads(this.#unchecked);
      this.#unchecked = [];
      await this.#move(left);
    } finally {
      releaseConsole();
      unwatch();
      this.#isMoving = false;
    }
  }

  async #move(left: () => number | undefined): Promise<void> {
    const { time, awake } = this;
    this.#settings.onTime?.(new Date(time.wallMs));
    for (;;) {
      if (this.#happen() || !awake.isQuiet) {
        if (!awake.isQuiet) await awake.quiet();
        continue;
      }
      const leftMs = left();
      if (leftMs === undefined) return;
      const nextMs = time.untilNext() ?? Infinity;
      if (nextMs > leftMs && leftMs <= 0) return;
      time.pass(Math.min(nextMs, leftMs));
      this.#settings.onTime?.(new Date(time.wallMs));
      this.#steps += 1;
      if (this.#steps % stepsPerTurn === 0) await new Promise<void>((resolve) => this.#clock.soon(resolve));
    }
  }

  /** All that is due now; answers whether there was anything. */
  #happen(): boolean {
    const any = this.time.happen();
    this.firings.decideAll();
    this.book.claim();
    const hasStarted = this.book.starting.length > 0;
    this.#handlers.startAll();
    return any || hasStarted;
  }
}
