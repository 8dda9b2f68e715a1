import { limits } from "../../base/limits.ts";
import { signed } from "../author.ts";
import type { AppDeps } from "../deps.ts";
import { derivedId } from "../derived-id.ts";
import { type Endpoints, json } from "../endpoint.ts";
import {
  backfill,
  backfillBody,
  backfillEstimate,
  backfillPage,
  backfillParams,
  backfillsQuery,
} from "../schemas/backfills.ts";
import { emptyBody, idempotencyHeaders, scheduleParams } from "../schemas/fields.ts";
import { writeProblems } from "./made.ts";

const path = "/v1/backfills";

/** Instants that are run again. */
export function addBackfills(endpoints: Endpoints, deps: AppDeps): void {
  addMaking(endpoints, deps);
  addReading(endpoints, deps);
  for (const verb of ["pause", "resume", "cancel"] as const) addVerb(endpoints, deps, verb);
}

function addMaking(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "backfillSchedule", tag: "Backfills", method: "post", scope: "trigger" },
      path: "/v1/tasks/{name}/schedules/{key}/backfill",
      summary: "Makes runs for the instants of a range. With an idempotency key, the same request makes it once.",
      params: scheduleParams,
      headers: idempotencyHeaders,
      body: { schema: backfillBody, bytesMax: limits.requestBytesMax },
      answers: {
        200: json("What it would do: `dryRun` was asked for.", backfillEstimate),
        201: json("The backfill is kept.", backfill),
      },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN", "E_BACKFILL_RANGE", ...writeProblems],
    },
    async ({ params: { name, key }, headers, body, context }) => {
      const options = signed(body, context);
      const idempotencyKey = headers["Idempotency-Key"];
      const result =
        idempotencyKey === undefined
          ? await engine.schedules.backfill(name, key, options)
          : await engine.backfilling(name, key, options, derivedId(idempotencyKey, [name, key, body]));
      return Response.json(result, { status: body.dryRun ? 200 : 201 });
    },
  );
}

function addReading(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listBackfills", tag: "Backfills", method: "get", path, scope: "read" },
      summary: "Backfills, newest first.",
      query: backfillsQuery,
      answers: { 200: json("A page of backfills.", backfillPage) },
      problems: ["E_TASK_UNKNOWN", "E_CURSOR"],
    },
    async ({ query }) => Response.json(await engine.backfills.list(query)),
  );
  endpoints.add(
    {
      ...{ operationId: "getBackfill", tag: "Backfills", method: "get", path: `${path}/{id}`, scope: "read" },
      summary: "A backfill, and how far it is.",
      params: backfillParams,
      answers: { 200: json("The backfill.", backfill) },
      problems: ["E_BACKFILL_UNKNOWN"],
    },
    async ({ params }) => Response.json(await engine.backfills.get(params.id)),
  );
}

const summaries = {
  pause: "Makes no more runs until it is resumed. One that has ended stays as it is.",
  resume: "Goes on. One that has ended stays as it is.",
  cancel: "Makes no more runs; those that were made stay.",
};

function addVerb(endpoints: Endpoints, { engine }: AppDeps, verb: keyof typeof summaries): void {
  endpoints.add(
    {
      ...{ operationId: `${verb}Backfill`, tag: "Backfills", method: "post", path: `${path}/{id}/${verb}` },
      summary: summaries[verb],
      scope: "trigger",
      params: backfillParams,
      body: { schema: emptyBody, bytesMax: limits.requestBytesMax },
      answers: { 200: json("The backfill, as it is now.", backfill) },
      problems: ["E_BACKFILL_UNKNOWN", ...writeProblems],
    },
    async ({ params }) => Response.json(await engine.backfills[verb](params.id)),
  );
}
