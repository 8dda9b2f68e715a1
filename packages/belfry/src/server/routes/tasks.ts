import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { pageQuery, taskParams } from "../schemas/fields.ts";
import { taskInfo, taskPage } from "../schemas/tasks.ts";

/** The tasks of the store. */
export function addTasks(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listTasks", tag: "Tasks", method: "get", path: "/v1/tasks", scope: "read" },
      summary: "Tasks by name: definition, schedules, next firings, last run, health.",
      query: pageQuery,
      answers: { 200: json("A page of tasks.", taskPage) },
      problems: ["E_CURSOR"],
    },
    async ({ query }) => Response.json(await engine.tasks.list(query)),
  );
  endpoints.add(
    {
      ...{ operationId: "getTask", tag: "Tasks", method: "get", path: "/v1/tasks/{name}", scope: "read" },
      summary: "A task by its exact name.",
      params: taskParams,
      answers: { 200: json("The task.", taskInfo) },
      problems: ["E_TASK_UNKNOWN"],
    },
    async ({ params }) => Response.json(await engine.tasks.get(params.name)),
  );
}
