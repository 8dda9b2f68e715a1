import type { Page } from "../api/page.ts";
import type { ListOptions, LogItem, LogPage, RetryOptions, Runs } from "../api/runs.ts";
import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkDate, checkInteger, checkOneOf, checkOptions, checkText } from "../base/options.ts";
import { checkTrackingId } from "../run/id.ts";
import {
  type RunRecord,
  type RunRow,
  runTriggers,
  type TriggerRecord,
  toIso,
  toRunRecord,
  toTriggerRecord,
} from "../run/record.ts";
import { hasEnded, runStatuses } from "../run/states.ts";
import type { Engine } from "./engine.ts";
import { readRunPage } from "./run-page.ts";

/** All runs of the store, of whatever task: `belfry.runs`. */
export class StoredRuns implements Runs {
  readonly #engine: (call: string) => Engine;
  readonly #retentionMs: number;
  readonly #makeId: () => string;

  constructor(engine: (call: string) => Engine, retentionMs: number, makeId: () => string) {
    this.#engine = engine;
    this.#retentionMs = retentionMs;
    this.#makeId = makeId;
  }

  async get(trackingId: string): Promise<RunRecord | null> {
    const run = await this.#read("runs.get()", trackingId);
    return run ? toRunRecord(run) : null;
  }

  async list(options: ListOptions = {}): Promise<Page<RunRecord>> {
    const known = checkOptions(options, "runs.list", ["task", "status", "trigger", "from", "to", "limit", "cursor"]);
    const page = await readRunPage(this.#engine("runs.list()").store.runs, {
      task: checkText(known.task, "task", limits.taskNameCharactersMax),
      status: checkOneOf(known.status, "status", runStatuses),
      trigger: checkOneOf(known.trigger, "trigger", runTriggers),
      from: checkDate(known.from, "from"),
      to: checkDate(known.to, "to"),
      limit: checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault,
      cursor: checkText(known.cursor, "cursor", limits.reasonCharactersMax),
    });
    return { ...page, items: page.items.map(toRunRecord) };
  }

  async cancel(trackingId: string, options: { reason?: string } = {}): Promise<"ended" | "requested"> {
    const id = checkTrackingId(trackingId);
    const reason = checkText(
      checkOptions(options, "runs.cancel", ["reason"]).reason,
      "reason",
      limits.reasonCharactersMax,
    );
    const engine = this.#engine("runs.cancel()");
    const [answer] = await engine.store.runs.cancel([{ id, reason }]);
    if (answer?.outcome === "requested") {
      engine.executor.cancel([{ id, reason }]);
      return "requested";
    }
    if (answer?.outcome !== "ended") throw this.#unknown(id);
    if (answer.now) {
      engine.reporter.cancelled(id);
      engine.changed();
    }
    return "ended";
  }

  async retry(trackingId: string, options: RetryOptions = {}): Promise<TriggerRecord> {
    return (await this.retrying(trackingId, options)).record;
  }

  /** As `retry()`; also tells whether the record is that of an earlier retry with the same idempotency key. */
  async retrying(
    trackingId: string,
    options: RetryOptions = {},
  ): Promise<{ record: TriggerRecord; isReplay: boolean }> {
    const id = checkTrackingId(trackingId);
    const known = checkOptions(options, "runs.retry", ["reason", "idempotencyKey"]);
    const reason = checkText(known.reason, "reason", limits.reasonCharactersMax);
    const key = checkText(known.idempotencyKey, "idempotencyKey", limits.idempotencyKeyCharactersMax);
    const run = await this.#read("runs.retry()", id);
    if (!run) throw this.#unknown(id);
    if (!hasEnded(run.state)) throw new BelfryError("E_RUN_UNFINISHED", { value: id });
    const { taskId, priority, payload, scheduleKey, scheduledFor } = run;
    const rootId = run.rootId ?? run.id;
    const copy = {
      id: this.#makeId(),
      taskId,
      trigger: "retry" as const,
      priority,
      payload,
      scheduleKey,
      scheduledFor,
      rootId,
      ...(key === undefined ? {} : { idempotency: { key, request: JSON.stringify(["retry", id, reason]) } }),
    };
    const answer = await this.#engine("runs.retry()").inserter.insert({ ...copy, retryOf: id, reason });
    if (answer.outcome === "conflict") throw new BelfryError("E_IDEMPOTENCY", { value: key, task: run.task });
    if (answer.outcome === "disabled") throw new BelfryError("E_TASK_DISABLED", { task: run.task });
    if (!("run" in answer)) throw new BelfryError("E_TASK_UNKNOWN", { value: run.task, nearest: "" });
    return { record: toTriggerRecord(answer.run), isReplay: answer.run.id !== copy.id };
  }

  async logs(trackingId: string, options: { after?: string; limit?: number } = {}): Promise<LogPage> {
    return (await this.logsOf(trackingId, options)).page;
  }

  /** As `logs()`; also the run, as it was just before: a run's last lines are kept before its end is. */
  async logsOf(
    trackingId: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ run: RunRow; page: LogPage }> {
    const id = checkTrackingId(trackingId);
    const known = checkOptions(options, "runs.logs", ["after", "limit"]);
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsMax;
    const after = parseLineNumber(known.after);
    const run = await this.#read("runs.logs()", id);
    if (!run) throw this.#unknown(id);
    const { lines, dropped } = await this.#engine("runs.logs()").store.logs.list(id, { after, limit });
    const items = lines.map(({ at, attempt, level, message, data }) => {
      const item: LogItem = { at: toIso(at), attempt, level, message };
      return data === undefined ? item : { ...item, data: JSON.parse(data) as unknown };
    });
    const last = lines.at(-1);
    const cursor = lines.length === limit && last ? { cursor: String(last.n) } : {};
    return { run, page: { items, ...cursor, ...(dropped > 0 ? { dropped } : {}) } };
  }

  async #read(call: string, trackingId: string): Promise<RunRow | undefined> {
    const [run] = await this.#engine(call).store.runs.get([checkTrackingId(trackingId)]);
    return run;
  }

  #unknown(value: string): BelfryError {
    return new BelfryError("E_RUN_UNKNOWN", { value, retention: formatDuration(this.#retentionMs) });
  }
}

function parseLineNumber(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "string" && /^\d{1,9}$/.test(value)) return Number(value);
  throw new BelfryError("E_CURSOR", { value });
}
