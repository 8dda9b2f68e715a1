import { limits } from "../../base/limits.ts";
import { signed } from "../author.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { amendResult, pauseBody, resumeBody, skipBody } from "../schemas/amendments.ts";
import { patternParams } from "../schemas/fields.ts";
import { writeProblems } from "./made.ts";

const path = "/v1/tasks/{name}/schedules/{key}";
const bytesMax = limits.requestBytesMax;
const answers = { 200: json("What it changed.", amendResult) };
const problems = ["E_TASK_UNKNOWN", "E_SCHEDULE_UNKNOWN", ...writeProblems] as const;

/** What leaves a schedule's definition as it is: pauses, their ends, and skips; of one schedule, or of a pattern's. */
export function addAmendments(endpoints: Endpoints, { engine: { schedules } }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "pauseSchedules", tag: "Schedules", method: "post", path: `${path}/pause`, scope: "trigger" },
      summary: "Pauses schedules: their instants do not fire, until then or until they are resumed.",
      ...{ params: patternParams, body: { schema: pauseBody, bytesMax }, answers, problems },
    },
    async ({ params: { name, key }, body, context }) =>
      Response.json(await schedules.pause(name, key, signed(body, context))),
  );
  endpoints.add(
    {
      ...{ operationId: "resumeSchedules", tag: "Schedules", method: "post", path: `${path}/resume`, scope: "trigger" },
      summary: "Ends pauses. What was due in them is never caught up.",
      ...{ params: patternParams, body: { schema: resumeBody, bytesMax }, answers, problems },
    },
    async ({ params: { name, key }, body, context }) =>
      Response.json(await schedules.resume(name, key, signed(body, context))),
  );
  endpoints.add(
    {
      ...{ operationId: "skipFirings", tag: "Schedules", method: "post", path: `${path}/skip`, scope: "trigger" },
      summary: "Skips the next instants of schedules, or all before one.",
      ...{ params: patternParams, body: { schema: skipBody, bytesMax }, answers, problems },
    },
    async ({ params: { name, key }, body, context }) =>
      Response.json(await schedules.skip(name, key, signed(body, context))),
  );
}
