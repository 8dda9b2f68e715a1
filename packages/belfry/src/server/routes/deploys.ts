import { limits } from "../../base/limits.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { appQuery, deployInfo, deployList, deployParams } from "../schemas/deploys.ts";
import { emptyBody } from "../schemas/fields.ts";
import { writeProblems } from "./made.ts";

/** The sets of definitions that an app's code had. */
export function addDeploys(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listDeploys", tag: "Deploys", method: "get", path: "/v1/deploys", scope: "read" },
      summary: "The sets of definitions that an app had, newest first, at most 100.",
      query: appQuery,
      answers: { 200: json("The sets.", deployList) },
    },
    async ({ query }) => Response.json(await engine.deploys.list(query)),
  );
  endpoints.add(
    {
      ...{ operationId: "putBack", tag: "Deploys", method: "post", path: "/v1/deploys/{number}/put-back" },
      summary: "Makes an earlier set the app's current one again. Schedules that were put stay.",
      scope: "admin",
      params: deployParams,
      query: appQuery,
      body: { schema: emptyBody, bytesMax: limits.requestBytesMax },
      answers: { 200: json("The set, under its new number.", deployInfo) },
      problems: ["E_DEPLOY_UNKNOWN", ...writeProblems],
    },
    async ({ params, query }) => Response.json(await engine.deploys.putBack(params.number, query)),
  );
}
