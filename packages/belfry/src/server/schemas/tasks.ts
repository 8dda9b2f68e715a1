import { z } from "@hono/zod-openapi";
import { askedInstant, ids, instant, pageOf, pageQuery } from "./fields.ts";
import { statusRecord } from "./runs.ts";

const scheduleRule = z
  .union([
    z.object({ cron: z.string(), timezone: z.string() }),
    z.object({ every: z.string(), anchor: instant().optional() }),
    z.object({ at: instant() }),
  ])
  .openapi("ScheduleRule", { example: { cron: "0 2 * * *", timezone: "Europe/Berlin" } });

/** A schedule as the store has it. */
export const scheduleInfo = z
  .object({
    task: z.string().openapi({ example: "billOnDemand" }),
    key: z.string().openapi({ example: "default" }),
    schedule: scheduleRule,
    payload: z.unknown().optional(),
    priority: z.int(),
    overlap: z.enum(["skip", "allow"]),
    catchUp: z.enum(["skip", "latest"]),
    decidedUpTo: instant().openapi({ description: "Every instant up to this one is decided." }),
    nextFirings: z.array(instant("2026-11-25T01:00:00.000Z")),
  })
  .openapi("ScheduleInfo");

export const schedulePage = pageOf("Schedule", scheduleInfo);

const firing = z
  .object({
    instant: instant().openapi({
      description: "The instant that fired; for what did not fire, the instant after which it begins.",
    }),
    upTo: instant().optional(),
    decision: z.enum(["fired", "overlap", "missed", "disabled", "removed"]),
    trackingId: z.string().optional().openapi({ example: ids.trackingId }),
    latenessMs: z.number().optional(),
  })
  .openapi("Firing");

export const firingPage = pageOf("Firing", firing);

/** Which of a schedule's decisions to list. */
export const firingsQuery = pageQuery.extend({
  from: askedInstant("After this instant.").optional(),
  to: askedInstant("Up to this instant.").optional(),
});

/** A task as the store has it. */
export const taskInfo = z
  .object({
    name: z.string().openapi({ example: "billOnDemand" }),
    cronJobId: z.string().openapi({ example: ids.cronJobId }),
    app: z.string().openapi({ example: "default" }),
    enabled: z.boolean(),
    concurrency: z.int().optional(),
    onLost: z.enum(["retry", "fail"]),
    schedules: z.array(scheduleInfo),
    nextFiring: instant("2026-11-25T01:00:00.000Z").optional(),
    lastRun: statusRecord.optional(),
    health: z.enum(["ok", "failing", "late", "disabled"]),
  })
  .openapi("TaskInfo");

export const taskPage = pageOf("Task", taskInfo);
