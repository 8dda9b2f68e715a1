import { z } from "@hono/zod-openapi";
import type { PutResult } from "../../api/schedules.ts";
import { limits } from "../../base/limits.ts";
import { overlaps } from "../../schedule/overlap.ts";
import { askedInstant, askedText, author, wordOf } from "./fields.ts";
import { scheduleInfo } from "./schedules.ts";

// Only instants are read here, as JSON has no dates. All else is the engine's to judge, as it does in code.
const asInCode = z.unknown().optional();
const schemas = "#/components/schemas/";
const calendar = { $ref: `${schemas}Calendar` };
const priorities = { minimum: limits.priorityMin, maximum: limits.priorityMax };

const scheduleFields = {
  cron: asInCode.openapi({ type: "string", example: "0 2 * * *" }),
  timezone: asInCode.openapi({ type: "string", default: "UTC", example: "Europe/Berlin" }),
  dst: asInCode.openapi({ allOf: [{ $ref: `${schemas}ClockChange` }] }),
  every: asInCode.openapi({ type: "string", description: "An interval, in place of `cron`.", example: "15m" }),
  anchor: askedInstant("What intervals are aligned to.").optional(),
  at: askedInstant("Once, in place of `cron` or `every`.").optional(),
  start: askedInstant("The first instant that may be due.").optional(),
  end: askedInstant("The last one.").optional(),
  exclude: asInCode.openapi({ anyOf: [calendar, { type: "array", items: calendar }] }),
  spread: asInCode.openapi({
    type: "string",
    description: "Runs start up to so much later, each schedule's at its own.",
  }),
  payload: asInCode.openapi({ description: "The payload of its runs: any JSON." }),
  overlap: asInCode.openapi({ type: "string", enum: [...overlaps] }),
  catchUp: asInCode.openapi({ allOf: [{ $ref: `${schemas}CatchUp` }] }),
  priority: asInCode.openapi({ type: "integer", ...priorities }),
  pauseOnFailure: asInCode.openapi({ type: "integer", minimum: 1, maximum: limits.pauseOnFailureMax }),
};

/** A schedule to be made or changed, as JSON says it. */
export const scheduleInput = z
  .strictObject(scheduleFields)
  .openapi("ScheduleInput", { example: { cron: "0 2 * * *", timezone: "Europe/Berlin", overlap: "bufferOne" } });

export const putBody = z
  .strictObject({ ...scheduleFields, author: author.optional() })
  .refine(({ cron, every, at }) => [cron, every, at].some((time) => time !== undefined), "`cron`, `every` or `at`")
  .openapi("PutBody", { example: { cron: "0 2 * * *", timezone: "Europe/Berlin" } });

const outcome = wordOf<PutResult["outcome"]>({ created: true, changed: true, unchanged: true });

/** Ids of runs that stay. */
export const runsThatStay = z
  .array(z.string())
  .openapi({ description: `Its unfinished runs, at most ${limits.runsListedMax}: they stay.` });

export const putResult = z.object({ outcome, schedule: scheduleInfo, runs: runsThatStay }).openapi("PutResult");

export const deleteResult = z.object({ runs: runsThatStay }).openapi("DeleteResult");

/** One of many schedules. */
export const putItem = z
  .strictObject({
    task: askedText(limits.taskNameCharactersMax, "The task's exact name.", "billOnDemand"),
    key: askedText(limits.scheduleKeyCharactersMax, "The schedule's key; default `default`.", "customer-17").optional(),
    schedule: z
      .union([z.string(), z.record(z.string(), z.unknown())], "a cron pattern, or an object that says when")
      .openapi({
        description: "A cron pattern, or:",
        anyOf: [{ type: "string" }, { $ref: `${schemas}ScheduleInput` }],
      }),
  })
  .openapi("PutItem", { example: { task: "billOnDemand", key: "customer-17", schedule: { cron: "0 2 * * *" } } });

const manyExpected = `an array of 1 to ${limits.schedulesPerCommitMax} schedules`;

/** Many schedules, each to be judged alone. */
export const putManyBody = z
  .strictObject({
    schedules: z
      .array(z.unknown(), manyExpected)
      .min(1, manyExpected)
      .max(limits.schedulesPerCommitMax, manyExpected)
      .openapi({
        type: "array",
        items: { $ref: `${schemas}PutItem` },
        minItems: 1,
        maxItems: limits.schedulesPerCommitMax,
      }),
    author: author.optional(),
  })
  .openapi("PutManyBody");

export const putManyAnswer = z
  .object({
    items: z.array(
      z
        .object({
          task: z.string(),
          key: z.string(),
          outcome: outcome.optional(),
          error: z.object({ code: z.string(), message: z.string() }).optional(),
        })
        .openapi("PutItemResult", { example: { task: "billOnDemand", key: "customer-17", outcome: "created" } }),
    ),
  })
  .openapi("PutManyAnswer");
