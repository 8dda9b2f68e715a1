import { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { idempotencyHeaders, taskParams, trackingIdParams } from "../schemas/fields.ts";
import {
  cancelAnswer,
  reasonBody,
  runPage,
  runRecord,
  runsQuery,
  statusRecord,
  triggerRecord,
} from "../schemas/runs.ts";
import { made, madeHeaders, writeProblems } from "./made.ts";

/** What is asked about runs, and what is asked of them. */
export function addRuns(endpoints: Endpoints, deps: AppDeps): void {
  addReading(endpoints, deps);
  addChanging(endpoints, deps);
}

function addReading(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "getTaskStatus", tag: "Runs", method: "get", path: "/v1/tasks/{name}/runs/{trackingId}" },
      summary: "The seed's record of a run of this task.",
      scope: "read",
      params: taskParams.extend(trackingIdParams.shape),
      answers: { 200: json("The run.", statusRecord) },
      problems: ["E_TRACKING_ID", "E_TASK_UNKNOWN", "E_RUN_UNKNOWN"],
    },
    async ({ params: { name, trackingId } }) => found(await engine.task(name).getTaskStatus(trackingId), trackingId),
  );
  endpoints.add(
    {
      ...{ operationId: "getRun", tag: "Runs", method: "get", path: "/v1/runs/{trackingId}", scope: "read" },
      summary: "The full record of a run.",
      params: trackingIdParams,
      answers: { 200: json("The run.", runRecord) },
      problems: ["E_TRACKING_ID", "E_RUN_UNKNOWN"],
    },
    async ({ params: { trackingId } }) => found(await engine.runs.get(trackingId), trackingId),
  );
  endpoints.add(
    {
      ...{ operationId: "listRuns", tag: "Runs", method: "get", path: "/v1/runs", scope: "read" },
      summary: "Runs, newest first.",
      query: runsQuery,
      answers: { 200: json("A page of runs.", runPage) },
      problems: ["E_CURSOR"],
    },
    async ({ query }) => Response.json(await engine.runs.list(query)),
  );
}

function addChanging(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "cancelRun", tag: "Runs", method: "post", path: "/v1/runs/{trackingId}/cancel" },
      summary: "Cancels a run.",
      scope: "trigger",
      params: trackingIdParams,
      body: { schema: reasonBody, bytesMax: limits.requestBytesMax },
      answers: {
        200: json("It has ended.", cancelAnswer),
        202: json("It runs; its signal is aborted, and it ends when its handler settles.", cancelAnswer),
      },
      problems: ["E_TRACKING_ID", "E_RUN_UNKNOWN", ...writeProblems],
    },
    async ({ params: { trackingId }, body }) => {
      const outcome = await engine.runs.cancel(trackingId, body);
      return Response.json({ trackingId, outcome }, { status: outcome === "ended" ? 200 : 202 });
    },
  );
  endpoints.add(
    {
      ...{ operationId: "retryRun", tag: "Runs", method: "post", path: "/v1/runs/{trackingId}/retry" },
      summary: "Runs an ended run again, as a new one.",
      scope: "trigger",
      params: trackingIdParams,
      headers: idempotencyHeaders,
      body: { schema: reasonBody, bytesMax: limits.requestBytesMax },
      answers: { 201: json("The new run is kept, and ends.", triggerRecord, madeHeaders) },
      problems: [
        ...(["E_TRACKING_ID", "E_RUN_UNKNOWN", "E_RUN_UNFINISHED", "E_TASK_DISABLED", "E_TASK_UNKNOWN"] as const),
        "E_IDEMPOTENCY",
        ...writeProblems,
      ],
    },
    async ({ params, headers, body, context }) => {
      const options = { ...body, idempotencyKey: headers["Idempotency-Key"] };
      return made(await engine.runs.retrying(params.trackingId, options), context);
    },
  );
}

function found(record: object | null, trackingId: string): Response {
  if (record) return Response.json(record);
  throw new BelfryError("E_RUN_UNKNOWN", { value: trackingId, retention: "their retention" });
}
