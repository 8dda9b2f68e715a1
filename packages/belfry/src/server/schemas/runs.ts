import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";
import { runTriggers } from "../../run/record.ts";
import { runStatuses } from "../../run/states.ts";
import {
  askedInstant,
  askedTask,
  askedText,
  askedWord,
  idempotencyKey,
  ids,
  instant,
  pageOf,
  pageQuery,
  reason,
} from "./fields.ts";
import { problem } from "./problem.ts";

const anything = z.unknown().openapi({ description: "Any JSON." });

const triggerFields = {
  trackingId: z.string().openapi({ pattern: "^[0-9a-f]{24}$", example: ids.trackingId }),
  cronJobId: z.string().openapi({ example: ids.cronJobId, description: "The task's own id; it never changes." }),
  cronJobName: z.string().openapi({ example: "billOnDemand", description: "The task's name." }),
  triggeredAt: instant(),
  status: z.enum(runStatuses).openapi({ example: "pending" }),
};

const triggerExample = {
  ...ids,
  cronJobName: "billOnDemand",
  triggeredAt: "2022-03-20T23:00:53.966Z",
  status: "pending" as const,
};

const statusExample = {
  ...triggerExample,
  status: "completed" as const,
  startedAt: "2022-03-20T23:00:54.001Z",
  completedAt: "2022-03-20T23:01:12.460Z",
};

/** What a trigger answers: the seed's five fields. */
export const triggerRecord = z.object(triggerFields).openapi("TriggerRecord", { example: triggerExample });

const runError = z
  .object({
    attempt: z.int(),
    code: z.string().openapi({ example: "E_HANDLER" }),
    name: z.string(),
    message: z.string(),
    at: instant(),
  })
  .openapi("RunError");

const statusFields = {
  ...triggerFields,
  startedAt: instant("2022-03-20T23:00:54.001Z").optional(),
  completedAt: instant("2022-03-20T23:01:12.460Z").optional(),
  errors: z.array(runError).optional(),
};

/** The seed's record. */
export const statusRecord = z.object(statusFields).openapi("StatusRecord", { example: statusExample });

const failureFields = {
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  cause: anything.optional(),
};

const attempt = z
  .object({
    attempt: z.int(),
    node: z.string().openapi({ description: "The process that ran it." }),
    fencingToken: z.int().openapi({ description: "Grows with every claim in the store." }),
    startedAt: instant(),
    endedAt: instant().optional(),
    outcome: z.string().optional(),
    error: z
      .object({ code: z.string(), ...failureFields })
      .openapi("Failure")
      .optional(),
  })
  .openapi("Attempt");

/** The full record. */
export const runRecord = z
  .object({
    ...statusFields,
    app: z.string().openapi({ example: "default" }),
    trigger: z.enum(runTriggers),
    schedule: z.string().optional().openapi({ description: "The schedule's key, where a schedule made the run." }),
    scheduledFor: instant().optional(),
    backfill: z.string().optional().openapi({ description: "The backfill that made the run." }),
    key: z.string().openapi({ description: "The idempotency key for the handler's own effects." }),
    priority: z.int(),
    reason: z.string().optional(),
    payload: anything.optional(),
    result: anything.optional(),
    resultError: z.string().optional(),
    progress: z.object({ value: z.number(), note: z.string().optional() }).optional(),
    attempts: z.array(attempt),
    outcome: z.string().optional().openapi({ example: "completed" }),
    latenessMs: z.number().optional(),
    retryOf: z.string().optional(),
  })
  .openapi("RunRecord", {
    example: {
      ...statusExample,
      app: "default",
      trigger: "manual",
      key: ids.trackingId,
      priority: 0,
      attempts: [],
      outcome: "completed",
    },
  });

/** Which runs to list. */
export const runsQuery = pageQuery.extend({
  task: askedTask.optional(),
  status: askedWord(runStatuses, "In this status.").optional(),
  trigger: askedWord(runTriggers, "Asked for by a schedule, by hand, again, or by a backfill.").optional(),
  from: askedInstant("Triggered at or after.").optional(),
  to: askedInstant("Triggered before.").optional(),
});

export const runPage = pageOf("Run", runRecord);

const priorityExpected = `a whole number from ${limits.priorityMin} to ${limits.priorityMax}`;

/** What a trigger may say. */
export const triggerBody = z
  .strictObject({
    payload: anything.optional(),
    delay: z
      .string('text such as "10m" or "1h30m"')
      .optional()
      .openapi({ description: "Start so long from now.", example: "1h30m" }),
    at: askedInstant("Start then at the earliest; not together with `delay`.").optional(),
    priority: z
      .int(priorityExpected)
      .min(limits.priorityMin, priorityExpected)
      .max(limits.priorityMax, priorityExpected)
      .optional()
      .openapi({ description: "Higher goes first.", example: 10 }),
    reason: reason.optional(),
  })
  .openapi("TriggerBody", { example: { payload: { month: "2026-11" }, reason: "asked for by support" } });

/** One of many triggers. */
export const bulkTrigger = triggerBody
  .extend({
    task: askedText(limits.taskNameCharactersMax, "The task's exact name.", "billOnDemand"),
    idempotencyKey: idempotencyKey.optional(),
  })
  .openapi("BulkTrigger", { example: { task: "billOnDemand", payload: { month: "2026-11" } } });

const bulkExpected = `an array of 1 to ${limits.bulkTriggersMax} triggers`;

/** Many triggers, each to be judged alone. */
export const bulkBody = z
  .strictObject({
    runs: z
      .array(z.unknown(), bulkExpected)
      .min(1, bulkExpected)
      .max(limits.bulkTriggersMax, bulkExpected)
      .openapi({
        type: "array",
        items: { $ref: "#/components/schemas/BulkTrigger" },
        minItems: 1,
        maxItems: limits.bulkTriggersMax,
      }),
  })
  .openapi("BulkBody");

export const bulkAnswer = z
  .object({
    items: z.array(
      z
        .object({
          status: z.int().openapi({ description: "As if it had been asked for alone.", example: 201 }),
          run: triggerRecord.optional(),
          replayed: z.literal(true).optional().openapi({ description: "An earlier trigger of the same key is told." }),
          error: problem.optional(),
        })
        .openapi("BulkItem", { example: { status: 201, run: triggerExample } }),
    ),
  })
  .openapi("BulkAnswer");

/** Why a run is cancelled or run again. */
export const reasonBody = z.strictObject({ reason: reason.optional() }).openapi("ReasonBody");

export const cancelAnswer = z
  .object({
    trackingId: triggerFields.trackingId,
    outcome: z
      .enum(["ended", "requested"])
      .openapi({ description: "`requested`: it runs, and ends when its handler settles." }),
  })
  .openapi("CancelAnswer", { example: { trackingId: ids.trackingId, outcome: "ended" } });
