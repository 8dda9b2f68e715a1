import type { BelfryError } from "../base/errors.ts";
import type { TriggerRecord } from "../run/record.ts";
import type { AppDeps } from "./deps.ts";
import { parseFields } from "./input.ts";
import { type Problem, toKnownError, toProblem } from "./problem.ts";
import { bulkTrigger } from "./schemas/runs.ts";

/** What one of many triggers came to. */
type BulkItem =
  | { readonly status: 201; readonly run: TriggerRecord; readonly replayed?: true }
  | { readonly status: number; readonly error: Problem };

/** Triggers each, all at once; what is wrong with one is said in its place. */
export function triggerEach(triggers: readonly unknown[], deps: AppDeps): Promise<BulkItem[]> {
  return Promise.all(triggers.map((trigger, index) => triggerOne(trigger, `runs[${index}]`, deps)));
}

async function triggerOne(trigger: unknown, place: string, { engine, clock, logger }: AppDeps): Promise<BulkItem> {
  try {
    const { task, ...options } = parseFields(bulkTrigger, trigger, "POST /v1/runs", place);
    const { record, isReplay } = await engine.trigger(task, options);
    return { status: 201, run: record, ...(isReplay ? { replayed: true } : {}) };
  } catch (thrown) {
    const error: BelfryError = toKnownError(thrown, clock, logger);
    return { status: error.status, error: toProblem(error) };
  }
}
