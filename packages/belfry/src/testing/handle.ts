import type { EndedRun, RunOptions, TaskHandle } from "../api/handle.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { toNewRun } from "../engine/trigger.ts";
import { checkTrackingId } from "../run/id.ts";
import { type StatusRecord, type TriggerRecord, toRunRecord, toStatusRecord, toTriggerRecord } from "../run/record.ts";
import type { NewRun } from "../store/runs.ts";
import type { TestRun } from "./run.ts";
import type { Simulation } from "./simulation.ts";
import { pauseIn } from "./sleep.ts";
import type { TestTask } from "./task.ts";

/** Who waits for a run's end from outside waits for so much virtual time at most. */
const waitMsMax = limits.durationMsMax;

/** Triggers that said an idempotency key, by task and key. */
export type Triggers = Map<string, { readonly request: string; readonly run: TestRun }>;

/** A task by its name, in a kit. */
export class TestTaskHandle implements TaskHandle {
  readonly #name: string;
  readonly #simulation: Simulation;
  readonly #triggers: Triggers;

  constructor(name: string, simulation: Simulation, triggers: Triggers) {
    this.#name = name;
    this.#simulation = simulation;
    this.#triggers = triggers;
  }

  async run(options?: RunOptions): Promise<TriggerRecord> {
    return toTriggerRecord(await this.#trigger(options));
  }

  async runAndWait(options?: RunOptions): Promise<EndedRun<unknown>> {
    const simulation = this.#simulation;
    const run = await this.#trigger(options);
    if (simulation.current()) {
      await new Promise<void>((resolve) => {
        if (run.hasEnded) return resolve();
        const wake = pauseIn(simulation, () => {});
        run.waiting ??= [];
        run.waiting.push(() => {
          wake();
          resolve();
        });
      });
    } else {
      const until = simulation.time.monoMs + waitMsMax;
      await simulation.move("runAndWait()", () => (run.hasEnded ? undefined : until - simulation.time.monoMs));
    }
    if (!run.hasEnded) throw new BelfryError("E_RUN_UNFINISHED", { value: run.id });
    return toRunRecord(run);
  }

  async getTaskStatus(trackingId: string): Promise<StatusRecord | null> {
    const id = checkTrackingId(trackingId);
    const run = this.#simulation.definitions
      .find(this.#name)
      .runs()
      .find((one) => one.id === id);
    return run ? toStatusRecord(run) : null;
  }

  /** No time passes while the payload is checked. */
  async #trigger(options?: RunOptions): Promise<TestRun> {
    const { definitions, awake } = this.#simulation;
    const triggering = { name: `run() of task ${this.#name}` };
    awake.begin(triggering);
    try {
      const task = definitions.find(this.#name);
      const { id: taskId, name } = task.row;
      const target = { taskId, task: name, schema: task.rules?.schema, priority: task.row.priority };
      return this.#insert(task, await toNewRun(this.#simulation.newId(), target, options));
    } finally {
      awake.end(triggering);
    }
  }

  #insert(task: TestTask, run: NewRun): TestRun {
    const now = this.#simulation.time.wallMs;
    const place = `${task.row.id}/${run.idempotency?.key}`;
    const known = run.idempotency && this.#triggers.get(place);
    if (known && known.run.triggeredAt + limits.idempotencyKeptMs > now) {
      if (known.request === run.idempotency?.request) return known.run;
      throw new BelfryError("E_IDEMPOTENCY", { value: run.idempotency?.key, task: task.row.name });
    }
    if (!task.row.enabled) throw new BelfryError("E_TASK_DISABLED", { task: task.row.name });
    const { id, priority = defaults.priority, payload, reason, delayMs = 0, at = now + delayMs } = run;
    const seed = { id, trigger: "manual" as const, priority, payload, reason, state: "delayed" as const };
    const made = this.#simulation.book.add(task, { ...seed, availableAt: Math.max(now, at) }, false);
    if (run.idempotency) this.#triggers.set(place, { request: run.idempotency.request, run: made });
    return made;
  }
}
