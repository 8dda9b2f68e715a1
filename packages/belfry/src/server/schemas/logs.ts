import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";
import { runTriggers } from "../../run/record.ts";
import { askedInteger, askedTask, cursorField, ids, instant } from "./fields.ts";

const logItem = z
  .object({
    at: instant(),
    attempt: z.int(),
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string(),
    data: z.unknown().optional(),
  })
  .openapi("LogItem");

export const logPage = z
  .object({
    items: z.array(logItem),
    cursor: cursorField.optional(),
    dropped: z.int().optional().openapi({ description: "How many lines were too many to be kept." }),
  })
  .openapi("LogPage");

/** Where a stream is taken up again, after a lost connection. */
export const resumeHeaders = z.object({
  "Last-Event-ID": z.string().optional().openapi({ description: "Of a stream: the last event that was seen." }),
});

/** Which lines of a log. */
export const logsQuery = z.object({
  after: z
    .string()
    .optional()
    .openapi({ description: "The `cursor` of the page before, or how many lines to leave out." }),
  limit: askedInteger(1, limits.pageItemsMax, limits.pageItemsMax).optional(),
});

/** Which events. */
export const eventsQuery = z.object({
  task: askedTask.optional(),
  after: z.string().optional().openapi({ description: "The `cursor` of the answer before, or an event's id." }),
});

const event = z
  .object({
    id: z.string(),
    event: z.string().openapi({ example: "run.completed" }),
    at: instant(),
    data: z
      .object({
        task: z.string().openapi({ example: "billOnDemand" }),
        trackingId: z.string().optional().openapi({ example: ids.trackingId }),
        attempt: z.int().optional(),
        trigger: z.enum(runTriggers).optional(),
        scheduledFor: instant().optional(),
        durationMs: z.number().optional(),
        delayMs: z.number().optional(),
        error: z.object({ code: z.string(), message: z.string().optional() }).optional(),
        schedule: z.string().optional(),
        upTo: instant().optional(),
        reason: z.string().optional(),
      })
      .openapi("EventData"),
  })
  .openapi("Event");

/** The newest events of one node; a hint, to be read with `after`. */
export const eventPage = z.object({ items: z.array(event), cursor: z.string() }).openapi("EventPage");

/** Server-Sent Events. */
export const streamText = z
  .string()
  .openapi("EventStream", { example: 'event: line\nid: 1\ndata: {"message":"…"}\n\n' });
