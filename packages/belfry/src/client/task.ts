import type { EndedRun, TaskHandle } from "../api/handle.ts";
import { checkOptions } from "../base/options.ts";
import { checkTrackingId } from "../run/id.ts";
import type { RunRecord, StatusRecord, TriggerRecord } from "../run/record.ts";
import { type Fields, type Outcome, problemOf } from "./answer.ts";
import { type Connection, isAway, type Request } from "./connection.ts";
import { fitsHeader, newKey } from "./key.ts";
import { orNull } from "./null.ts";
import { checkSignal } from "./options.ts";
import { taskPath } from "./path.ts";
import { type ClientRunOptions, parseTrigger, type Trigger } from "./trigger.ts";

/** The arguments of a client's `run()`: none are needed where the payload may be left out. */
export type ClientRunArguments<Input> = undefined extends Input
  ? [options?: ClientRunOptions<Input>]
  : [options: ClientRunOptions<Input> & { payload: Input }];

/**
 * A task on a server, by name. As an engine's own handle; the calls also take a `signal`, and also reject
 * E_UNREACHABLE, E_OUTCOME_UNKNOWN (then with the `idempotencyKey` to ask again with), E_KEY_REQUIRED, E_FORBIDDEN and
 * E_DOOR.
 */
export interface ClientTask<Input = unknown, Result = unknown> extends TaskHandle<Input, Result> {
  run(...args: ClientRunArguments<Input>): Promise<TriggerRecord>;
  /** Asks until the run has ended, every 100 ms at first, every second in the end, however often the server is away. */
  runAndWait(...args: ClientRunArguments<Input>): Promise<EndedRun<Result>>;
  getTaskStatus(trackingId: string, options?: { signal?: AbortSignal }): Promise<StatusRecord | null>;
}

/** How soon to ask again whether a run has ended, in milliseconds: at first, at most, and how it grows. */
const pauses = { firstMs: 100, maxMs: 1_000, growth: 1.5 };

/** A task by its name, on a server. */
export class RemoteTask implements ClientTask {
  readonly #name: string;
  readonly #connection: Connection;

  constructor(name: string, connection: Connection) {
    this.#name = name;
    this.#connection = connection;
  }

  async run(options?: ClientRunOptions): Promise<TriggerRecord> {
    const path = taskPath(this.#name);
    return this.#send(path, parseTrigger(this.#name, options));
  }

  async runAndWait(options?: ClientRunOptions): Promise<EndedRun<unknown>> {
    const path = taskPath(this.#name);
    const trigger = parseTrigger(this.#name, options);
    const { trackingId } = await this.#send(path, trigger);
    const { signal } = trigger;
    for (let pauseMs = pauses.firstMs; ; pauseMs = Math.min(pauses.maxMs, pauseMs * pauses.growth)) {
      const run = await this.#look(trackingId, signal);
      if (run?.status === "completed" || run?.status === "errors") return run;
      await this.#connection.pause(pauseMs, signal);
    }
  }

  async getTaskStatus(trackingId: string, options: { signal?: AbortSignal } = {}): Promise<StatusRecord | null> {
    const id = checkTrackingId(trackingId);
    const signal = checkSignal(checkOptions(options, "getTaskStatus", ["signal"]).signal);
    const path = `${taskPath(this.#name)}/runs/${id}`;
    const answer = this.#connection.ask<StatusRecord>({ method: "GET", path, field: "trackingId", signal });
    return orNull(answer, "E_RUN_UNKNOWN");
  }

  /** The run as far as the server tells; undefined where it is away: the run is kept. */
  async #look(trackingId: string, signal: AbortSignal | undefined): Promise<RunRecord | undefined> {
    try {
      const path = `/v1/runs/${trackingId}`;
      return await this.#connection.ask<RunRecord>({ method: "GET", path, field: "trackingId", signal });
    } catch (error) {
      if (isAway(error)) return undefined;
      throw error;
    }
  }

  async #send(path: string, trigger: Trigger): Promise<TriggerRecord> {
    const { body, idempotencyKey, signal } = trigger;
    const key = idempotencyKey ?? newKey(this.#connection.clock);
    const advice = `run it again with idempotencyKey ${JSON.stringify(key)}, which starts nothing twice`;
    const write = { idempotencyKey: key, what: `the trigger of task ${JSON.stringify(this.#name)}`, advice };
    if (!fitsHeader(key)) return this.#sendAsItem(body, { signal, write });
    const request = { method: "POST", path: `${path}/runs`, field: "trackingId", body: `{${body}}` } as const;
    return this.#connection.ask<TriggerRecord>({ ...request, signal, write });
  }

  /** In a list of one: its body carries a key that no header can. */
  async #sendAsItem(body: string, rest: Required<Pick<Request, "write">> & Pick<Request, "signal">) {
    const { idempotencyKey } = rest.write;
    const own = JSON.stringify({ task: this.#name, idempotencyKey }).slice(1, -1);
    const list = `{"runs":[{${body === "" ? own : `${own},${body}`}}]}`;
    const request = { method: "POST", path: "/v1/runs", field: "items", body: list, read: onlyItem } as const;
    return this.#connection.ask<TriggerRecord>({ ...request, ...rest });
  }
}

/** The answer to the only one of a list, as if it had been asked for alone. */
function onlyItem({ items }: Fields): Outcome {
  const [item] = Array.isArray(items) ? (items as readonly Partial<Item>[]) : [];
  if (item?.run) return { kind: "answer", value: item.run };
  const { status = 500 } = item ?? {};
  const error = problemOf(item?.error, status);
  if (error) return { kind: "refused", status, error, retryAfter: "" };
  return { kind: "alien", status: 200, detail: "its answer has no run and no error", retryAfter: "" };
}

/** A trigger's own answer in a list. */
interface Item {
  readonly status: number;
  readonly run?: Fields;
  readonly error?: unknown;
}
