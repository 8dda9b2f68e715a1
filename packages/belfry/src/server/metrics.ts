import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Instance } from "../engine/instance.ts";

/** In seconds: from a handler that does next to nothing to one that works for an hour. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
const latenessBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What one server tells Prometheus: what happened on this node since it is served, and what the process takes. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #engine: Instance;
  readonly #endings: (() => void)[];

  constructor({ engine }: { engine: Instance }) {
    this.#engine = engine;
    this.#endings = [...this.#countRuns(), ...this.#countFirings()];
    this.#watchNodes();
    this.#watchSchedules();
    this.#watchProcess();
  }

  /** The metrics in Prometheus' text format. Rejects an E_STORE_… code where the store is away. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** Counts no more. */
  close(): void {
    for (const end of this.#endings) end();
  }

  #countRuns(): (() => void)[] {
    const engine = this.#engine;
    const registers = [this.#registry];
    const started = new Counter({
      name: "belfry_runs_started_total",
      help: "Attempts that this node has started.",
      ...{ labelNames: ["task"], registers },
    });
    const completed = new Counter({
      name: "belfry_runs_completed_total",
      help: "Runs that have completed on this node.",
      ...{ labelNames: ["task"], registers },
    });
    const failed = new Counter({
      name: "belfry_runs_failed_total",
      help: "Runs that have ended without success on this node, by the code of their error.",
      ...{ labelNames: ["task", "code"], registers },
    });
    const retrying = new Counter({
      name: "belfry_runs_retrying_total",
      help: "Failed attempts on this node that are followed by another.",
      ...{ labelNames: ["task"], registers },
    });
    const duration = new Histogram({
      name: "belfry_run_duration_seconds",
      help: "How long the completing attempts of runs took.",
      ...{ labelNames: ["task"], registers, buckets: durationBuckets },
    });
    return [
      engine.on("run.started", ({ task }) => started.inc({ task })),
      engine.on("run.completed", ({ task, durationMs }) => {
        completed.inc({ task });
        duration.observe({ task }, durationMs / 1_000);
      }),
      engine.on("run.failed", ({ task, error }) => failed.inc({ task, code: error.code })),
      engine.on("run.retrying", ({ task }) => retrying.inc({ task })),
    ];
  }

  #countFirings(): (() => void)[] {
    const registers = [this.#registry];
    const skipped = new Counter({
      name: "belfry_firings_skipped_total",
      help: "Decisions of this node that due instants do not fire, by reason. One may stand for many instants.",
      ...{ labelNames: ["task", "reason"], registers },
    });
    const lateness = new Histogram({
      name: "belfry_firing_lateness_seconds",
      help: "How long after the due instant the first attempt of a scheduled run started.",
      ...{ labelNames: ["task"], registers, buckets: latenessBuckets },
    });
    return [
      this.#engine.on("firing.skipped", ({ task, reason }) => skipped.inc({ task, reason })),
      this.#engine.on("run.started", ({ task, attempt, trigger, scheduledFor }) => {
        // Retries and backfills come long after their instant, and are not late.
        if (trigger !== "schedule" || scheduledFor === undefined || attempt > 1) return;
        lateness.observe({ task }, Math.max(0, this.#engine.now() - Date.parse(scheduledFor)) / 1_000);
      }),
    ];
  }

  #watchNodes(): void {
    const engine = this.#engine;
    new Gauge({
      name: "belfry_nodes",
      help: "Processes whose engines work on the store.",
      registers: [this.#registry],
      async collect() {
        this.set((await engine.nodes()).length);
      },
    });
  }

  /** Of what is not due, the store is asked nothing: how many are paused would cost a look at every schedule. */
  #watchSchedules(): void {
    const engine = this.#engine;
    new Gauge({
      name: "belfry_schedules_late",
      help: "Schedules with an instant that is due for longer than 30 s and that nothing has decided; at most 1,000.",
      registers: [this.#registry],
      async collect() {
        this.set(await engine.schedules.late());
      },
    });
  }

  /** A few of prom-client's own process metrics: all of them together would leave observers behind in the process. */
  #watchProcess(): void {
    const registers = [this.#registry];
    new Gauge({
      name: "process_cpu_seconds_total",
      help: "Processor time that this process has had, in seconds.",
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.set((user + system) / 1e6);
      },
    });
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Resident memory of this process.",
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    new Gauge({
      name: "nodejs_heap_size_used_bytes",
      help: "Memory that JavaScript objects of this process take.",
      registers,
      collect() {
        this.set(process.memoryUsage().heapUsed);
      },
    });
  }
}
