import type { Clock } from "../../clock/clock.ts";
import type { BelfryEvents } from "../../engine/events.ts";
import type { Instance } from "../../engine/instance.ts";
import type { FromWorker, RunNews } from "./messages.ts";

interface Begun {
  readonly atMs: number;
  readonly trigger: Promise<string | undefined>;
}

/** Tells of each attempt's end, with what was known at its start. */
export class RunTeller {
  readonly #engine: Instance;
  readonly #clock: Clock;
  readonly #tell: (news: FromWorker) => void;
  readonly #running = new Map<string, Begun>();

  constructor(engine: Instance, clock: Clock, tell: (news: FromWorker) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#tell = tell;
    engine.on("run.started", (event) => this.#begin(event));
    engine.on("run.completed", (event) => this.#end(event, { outcome: "completed" }));
    engine.on("run.failed", (event) => this.#end(event, { outcome: "failed", error: errorOf(event) }));
    engine.on("run.retrying", (event) => {
      return this.#end(event, { outcome: "retrying", error: errorOf(event), delayMs: event.delayMs });
    });
    engine.on("firing.skipped", ({ task, schedule, upTo, reason }) =>
      tell({ kind: "skipped", at: clock.now(), task, schedule, upTo, reason }),
    );
  }

  /** How many attempts go on. */
  get running(): number {
    return this.#running.size;
  }

  #begin({ trackingId, scheduledFor }: BelfryEvents["run.started"]): void {
    const trigger = this.#engine.runs.get(trackingId).then(
      (run) => run?.trigger,
      // The engine stops, or its store is away.
      () => (scheduledFor === undefined ? undefined : "schedule"),
    );
    this.#running.set(trackingId, { atMs: this.#clock.mono(), trigger });
  }

  async #end(
    { task, trackingId }: { task: string; trackingId: string },
    how: Pick<RunNews, "outcome" | "error" | "delayMs">,
  ): Promise<void> {
    const at = this.#clock.now();
    const begun = this.#running.get(trackingId);
    this.#running.delete(trackingId);
    const durationMs = begun && this.#clock.mono() - begun.atMs;
    const trigger = await begun?.trigger;
    this.#tell({ kind: "run", at, task, trackingId, trigger, durationMs, ...how });
  }
}

function errorOf({ error }: BelfryEvents["run.failed"] | BelfryEvents["run.retrying"]): string {
  const { code, name, message } = error;
  return code === "E_HANDLER" ? `${name}: ${message}` : `${code}: ${message}`;
}
