import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { audit, auditQuery, explainQuery, explanation, forecast, forecastQuery } from "../schemas/account.ts";

/** What the ledger and the schedules tell when they are read together. */
export function addAccount(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "explain", tag: "Account", method: "get", path: "/v1/explain", scope: "read" },
      summary: "Why a task did or did not run at an instant.",
      query: explainQuery,
      answers: { 200: json("An account for each of its schedules.", explanation) },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN"],
    },
    async ({ query: { task, ...options } }) => Response.json(await engine.explain(task, options)),
  );
  endpoints.add(
    {
      ...{ operationId: "audit", tag: "Account", method: "get", path: "/v1/audit", scope: "read" },
      summary: "Computes again what was due, and compares it with what the ledger says.",
      query: auditQuery,
      answers: { 200: json("What was found.", audit) },
      problems: ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN"],
    },
    async ({ query }) => Response.json(await engine.audit(query)),
  );
  endpoints.add(
    {
      ...{ operationId: "forecast", tag: "Account", method: "get", path: "/v1/forecast", scope: "read" },
      summary: "What is due in the hours to come.",
      query: forecastQuery,
      answers: { 200: json("Firings per minute, and where much comes together.", forecast) },
    },
    async ({ query }) => Response.json(await engine.forecast(query)),
  );
}
