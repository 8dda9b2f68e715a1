import { z } from "@hono/zod-openapi";
import type { TaskHealth, TaskInfo } from "../../api/tasks.ts";
import { ids, instant, pageOf, wordOf } from "./fields.ts";
import { statusRecord } from "./runs.ts";
import { catchUp, overlap, scheduleInfo } from "./schedules.ts";

/** A task as the store has it. */
export const taskInfo = z
  .object({
    name: z.string().openapi({ example: "billOnDemand" }),
    cronJobId: z.string().openapi({ example: ids.cronJobId }),
    app: z.string().openapi({ example: "default" }),
    enabled: z.boolean(),
    concurrency: z.int().optional(),
    onLost: wordOf<TaskInfo["onLost"]>({ retry: true, fail: true }),
    schedules: z.array(scheduleInfo).openapi({ description: "By key, at most the first 100." }),
    scheduleCount: z.int().openapi({ description: "How many it has." }),
    overlap,
    catchUp,
    priority: z.int(),
    nextFiring: instant("2026-11-25T01:00:00.000Z").optional(),
    lastRun: statusRecord.optional(),
    health: wordOf<TaskHealth>({ ok: true, failing: true, late: true, invalid: true, paused: true, disabled: true }),
  })
  .openapi("TaskInfo");

export const taskPage = pageOf("Task", taskInfo);
