import { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { Instance } from "../../engine/instance.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { pageQuery, scheduleParams, taskParams } from "../schemas/fields.ts";
import { firingPage, firingsQuery } from "../schemas/firings.ts";
import { scheduleInfo, schedulePage } from "../schemas/schedules.ts";

/** The schedules of tasks, and what was decided about their instants. */
export function addSchedules(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listSchedules", tag: "Schedules", method: "get", path: "/v1/schedules", scope: "read" },
      summary: "All schedules, by task and key.",
      query: pageQuery,
      answers: { 200: json("A page of schedules.", schedulePage) },
      problems: ["E_CURSOR"],
    },
    async ({ query }) => Response.json(await engine.schedules.list(query)),
  );
  const path = "/v1/tasks/{name}/schedules";
  endpoints.add(
    {
      ...{ operationId: "listTaskSchedules", tag: "Schedules", method: "get", path, scope: "read" },
      summary: "The schedules of a task, by key.",
      params: taskParams,
      query: pageQuery,
      answers: { 200: json("A page of schedules.", schedulePage) },
      problems: ["E_TASK_UNKNOWN", "E_CURSOR"],
    },
    async ({ params, query }) => Response.json(await engine.schedules.list({ task: params.name, ...query })),
  );
  endpoints.add(
    {
      ...{ operationId: "getSchedule", tag: "Schedules", method: "get", path: `${path}/{key}`, scope: "read" },
      summary: "A schedule of a task.",
      params: scheduleParams,
      answers: { 200: json("The schedule.", scheduleInfo) },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN"],
    },
    async ({ params: { name, key } }) => {
      const schedule = await engine.schedules.get(name, key);
      return Response.json(schedule ?? (await refuseKey(engine, name, key)));
    },
  );
  endpoints.add(
    {
      ...{ operationId: "listFirings", tag: "Schedules", method: "get", path: `${path}/{key}/firings`, scope: "read" },
      summary: "What was decided about a schedule's instants, oldest first.",
      params: scheduleParams,
      query: firingsQuery,
      answers: { 200: json("A page of decisions.", firingPage) },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN", "E_CURSOR"],
    },
    async ({ params: { name, key }, query }) => Response.json(await engine.schedules.firings(name, key, query)),
  );
}

async function refuseKey(engine: Instance, task: string, value: string): Promise<never> {
  const { items } = await engine.schedules.list({ task, limit: limits.pageItemsMax });
  const nearest = didYouMean(
    value,
    items.map(({ key }) => key),
  );
  throw new BelfryError("E_SCHEDULE_UNKNOWN", { task, value, nearest });
}
