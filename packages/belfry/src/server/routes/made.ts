import type { Context } from "hono";
import type { TriggerRecord } from "../../run/record.ts";
import type { AppEnv } from "../entrance.ts";

/** The headers of an answer that made a run. */
export const madeHeaders = {
  Location: "Where the run's full record is.",
  "Idempotent-Replayed": "`true` where an earlier request with the same key is answered.",
};

/** What only happens to what is written. */
export const writeProblems = ["E_OUTCOME_UNKNOWN", "E_STORE_FULL", "E_STORE_READONLY"] as const;

/** 201 with the seed's five fields, also for a replay. */
export function made({ record, isReplay }: Made, context: Context<AppEnv>): Response {
  const location = `${rootOf(context)}v1/runs/${record.trackingId}`;
  const headers = { location, ...(isReplay ? { "idempotent-replayed": "true" } : {}) };
  return Response.json(record, { status: 201, headers });
}

interface Made {
  readonly record: TriggerRecord;
  readonly isReplay: boolean;
}

/** Where the API begins, as its client can follow it: a host app has taken its own prefix off the path. */
function rootOf({ env, req }: Context<AppEnv>): string {
  if (env?.own) return "/";
  return "../".repeat(new URL(req.url).pathname.split("/").length - 2);
}
