import { limits } from "../../base/limits.ts";
import { triggerEach } from "../bulk.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { idempotencyHeaders, taskParams } from "../schemas/fields.ts";
import { bulkAnswer, bulkBody, triggerBody, triggerRecord } from "../schemas/runs.ts";
import { made, madeHeaders, writeProblems } from "./made.ts";

/** What asks for runs: one, and many. */
export function addTriggers(endpoints: Endpoints, deps: AppDeps): void {
  const { engine } = deps;
  endpoints.add(
    {
      ...{ operationId: "triggerRun", tag: "Runs", method: "post", path: "/v1/tasks/{name}/runs", scope: "trigger" },
      summary: "Asks for an extra run of a task.",
      params: taskParams,
      headers: idempotencyHeaders,
      body: { schema: triggerBody, bytesMax: limits.requestBytesMax },
      answers: { 201: json("The run is kept, and ends.", triggerRecord, madeHeaders) },
      problems: ["E_DURATION", "E_PAYLOAD", "E_IDEMPOTENCY", "E_TASK_DISABLED", "E_TASK_UNKNOWN", ...writeProblems],
    },
    async ({ params, headers, body, context }) => {
      const options = { ...body, idempotencyKey: headers["Idempotency-Key"] };
      return made(await engine.trigger(params.name, options), context);
    },
  );
  endpoints.add(
    {
      ...{ operationId: "triggerRuns", tag: "Runs", method: "post", path: "/v1/runs", scope: "trigger" },
      summary: "Asks for up to 1,000 runs; each is answered in its place, and none hinders another.",
      body: { schema: bulkBody, bytesMax: limits.bulkRequestBytesMax },
      answers: { 200: json("An answer for each.", bulkAnswer) },
    },
    async ({ body }) => Response.json({ items: await triggerEach(body.runs, deps) }),
  );
}
