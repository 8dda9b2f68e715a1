import type { TriggerRecord } from "../../run/record.ts";

/** The headers of an answer that made a run. */
export const madeHeaders = {
  Location: "Where the run's full record is.",
  "Idempotent-Replayed": "`true` where an earlier request with the same key is answered.",
};

/** What only happens to what is written. */
export const writeProblems = ["E_OUTCOME_UNKNOWN", "E_STORE_FULL", "E_STORE_READONLY"] as const;

/** 201 with the seed's five fields, also for a replay. */
export function made({ record, isReplay }: { record: TriggerRecord; isReplay: boolean }): Response {
  const headers = { location: `/v1/runs/${record.trackingId}`, ...(isReplay ? { "idempotent-replayed": "true" } : {}) };
  return Response.json(record, { status: 201, headers });
}
