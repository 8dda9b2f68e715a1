import type { ScheduleInput } from "../../api/schedules.ts";
import { limits } from "../../base/limits.ts";
import { signed } from "../author.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { putEach } from "../put-each.ts";
import { deleteResult, putBody, putManyAnswer, putManyBody, putResult } from "../schemas/definitions.ts";
import { scheduleParams } from "../schemas/fields.ts";
import { writeProblems } from "./made.ts";

const path = "/v1/tasks/{name}/schedules/{key}";

/** Schedules that are made, changed and removed at run time. */
export function addDefinitions(endpoints: Endpoints, deps: AppDeps): void {
  const { engine } = deps;
  endpoints.add(
    {
      ...{ operationId: "putSchedule", tag: "Schedules", method: "put", path, scope: "admin" },
      summary: "Makes or changes a schedule: the whole of it is what is sent. An equal one changes nothing.",
      params: scheduleParams,
      body: { schema: putBody, bytesMax: limits.scheduleRequestBytesMax },
      answers: { 200: json("It stands, as before or changed.", putResult), 201: json("It was made.", putResult) },
      problems: [
        ...(["E_SCHEDULE", "E_TIMEZONE", "E_DURATION", "E_PAYLOAD", "E_TASK_UNKNOWN", "E_SCHEDULE_CODE"] as const),
        ...writeProblems,
      ],
    },
    async ({ params: { name, key }, body: { author, ...schedule }, context }) => {
      const result = await engine.schedules.put(name, key, schedule as ScheduleInput, signed({ author }, context));
      return Response.json(result, { status: result.outcome === "created" ? 201 : 200 });
    },
  );
  endpoints.add(
    {
      ...{ operationId: "deleteSchedule", tag: "Schedules", method: "delete", path, scope: "admin" },
      summary: "Removes a schedule that was put. Its ledger and its runs stay.",
      params: scheduleParams,
      answers: { 200: json("It is gone.", deleteResult) },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN", "E_SCHEDULE_CODE", ...writeProblems],
    },
    async ({ params: { name, key } }) => Response.json(await engine.schedules.delete(name, key)),
  );
  endpoints.add(
    {
      ...{ operationId: "putSchedules", tag: "Schedules", method: "put", path: "/v1/schedules", scope: "admin" },
      summary: "Makes or changes up to 1,000 schedules; each is answered in its place, and none hinders another.",
      body: { schema: putManyBody, bytesMax: limits.bulkRequestBytesMax },
      answers: { 200: json("An answer for each.", putManyAnswer) },
      problems: [...writeProblems],
    },
    async ({ body: { schedules, author }, context }) => {
      return Response.json({ items: await putEach(schedules, signed({ author }, context), deps) });
    },
  );
}
