import type { EndedRun, RunOptions, TaskHandle } from "../api/handle.ts";
import { BelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { checkTrackingId } from "../run/id.ts";
import {
  type RunRow,
  type StatusRecord,
  type TriggerRecord,
  toRunRecord,
  toStatusRecord,
  toTriggerRecord,
} from "../run/record.ts";
import { hasEnded } from "../run/states.ts";
import type { Registry } from "../task/registry.ts";
import type { Directory } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { toNewRun } from "./trigger.ts";

/** How often a waiting caller asks again: a run may end on another node. */
const askAgainMs = 500;

/** What every task of an engine needs. */
export interface NamedTaskDeps {
  /** The running engine. Throws E_NOT_STARTED and E_STOPPED, naming the call. */
  readonly engine: (call: string) => Engine;
  readonly directory: () => Directory;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** A task by its name, on an engine of this process. */
export class NamedTask implements TaskHandle {
  readonly #name: string;
  readonly #deps: NamedTaskDeps;

  constructor(name: string, deps: NamedTaskDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  async run(options?: RunOptions): Promise<TriggerRecord> {
    return (await this.trigger(options)).record;
  }

  /** As `run()`; also tells whether the record is that of an earlier trigger with the same idempotency key. */
  async trigger(options?: RunOptions): Promise<{ record: TriggerRecord; isReplay: boolean }> {
    const engine = this.#deps.engine("run()");
    const { id: taskId, name: task, priority } = await this.#deps.directory().find(this.#name);
    const rules = this.#deps.registry.get(task);
    const target = { taskId, task, schema: rules?.schema, priority: rules?.priority ?? priority };
    const run = await toNewRun(this.#deps.newId(), target, options);
    const answer = await engine.inserter.insert(run);
    switch (answer.outcome) {
      case "conflict":
        throw new BelfryError("E_IDEMPOTENCY", { value: run.idempotency?.key, task });
      case "disabled":
        throw new BelfryError("E_TASK_DISABLED", { task });
      case "unknownTask":
        this.#deps.directory().forget(task);
        throw new BelfryError("E_TASK_UNKNOWN", { value: task, nearest: "" });
      default:
        return { record: toTriggerRecord(answer.run), isReplay: answer.run.id !== run.id };
    }
  }

  async runAndWait(options?: RunOptions): Promise<EndedRun<unknown>> {
    const { trackingId } = await this.run(options);
    for (;;) {
      const run = await this.#look(trackingId);
      if (run) return toRunRecord(run);
    }
  }

  /** The run, where it has ended; undefined once it may have. A store that is away says nothing: the run is kept. */
  async #look(trackingId: string): Promise<RunRow | undefined> {
    const engine = this.#deps.engine("runAndWait()");
    const over = new AbortController();
    try {
      const ended = engine.reporter.ending(trackingId, over.signal);
      const rows = await engine.store.runs.get([trackingId]).catch(() => undefined);
      const run = rows?.[0];
      if (rows && !run) throw new BelfryError("E_RUN_UNKNOWN", { value: trackingId, retention: "their retention" });
      if (run && hasEnded(run.state)) return run;
      await Promise.race([ended, sleep(this.#deps.clock, askAgainMs, over.signal)]);
      return undefined;
    } finally {
      over.abort();
    }
  }

  async getTaskStatus(trackingId: string): Promise<StatusRecord | null> {
    const engine = this.#deps.engine("getTaskStatus()");
    const id = checkTrackingId(trackingId);
    const { name } = await this.#deps.directory().find(this.#name);
    const [run] = await engine.store.runs.get([id]);
    return run?.task === name ? toStatusRecord(run) : null;
  }
}
