import { z } from "@hono/zod-openapi";
import { catchUps } from "../../schedule/catchup.ts";
import { gaps, repeats } from "../../schedule/dst.ts";
import { overlaps } from "../../schedule/overlap.ts";
import type { ScheduleOrigin } from "../../store/schedules.ts";
import { instant, pageOf, wordOf } from "./fields.ts";

const calendar = z
  .object({
    name: z.string().openapi({ example: "holidays" }),
    dates: z.array(z.string()).openapi({ example: ["2026-12-25"] }),
  })
  .openapi("Calendar");

const bounds = {
  start: instant().optional(),
  end: instant().optional(),
  exclude: z.array(calendar).optional(),
  spread: z.string().optional().openapi({ example: "10m" }),
};

const clockChange = z
  .object({
    gap: z.enum(gaps).optional(),
    repeat: z.enum(repeats).optional(),
  })
  .openapi("ClockChange");

const rule = z
  .union([
    z.object({ cron: z.string(), timezone: z.string(), dst: clockChange.optional(), ...bounds }),
    z.object({ every: z.string(), anchor: instant().optional(), ...bounds }),
    z.object({ at: instant() }),
  ])
  .openapi("ScheduleRule", { example: { cron: "0 2 * * *", timezone: "Europe/Berlin" } });

export const overlap = z.enum(overlaps).openapi({ description: "While an earlier run is unfinished." });

/** What becomes of missed instants. */
export const catchUp = z
  .union([
    z.enum(catchUps),
    z.object({
      policy: z.enum(catchUps),
      window: z.string().optional().openapi({ example: "2d" }),
      limit: z.int().optional(),
      spacing: z.string().optional().openapi({ example: "10s" }),
    }),
  ])
  .openapi("CatchUp", { example: "latest" });

const pause = z
  .object({
    since: instant(),
    reason: z.string().optional(),
    author: z.string().optional(),
    until: instant().optional().openapi({ description: "The first instant that may fire again." }),
  })
  .openapi("Pause");

/** A schedule as the store has it. */
export const scheduleInfo = z
  .object({
    task: z.string().openapi({ example: "billOnDemand" }),
    key: z.string().openapi({ example: "default" }),
    origin: wordOf<ScheduleOrigin>({ code: true, runtime: true }).openapi({
      description: "`code`: its app's code defines it; `runtime`: it was put.",
    }),
    schedule: rule,
    payload: z.unknown().optional(),
    priority: z.int(),
    overlap,
    catchUp,
    pauseOnFailure: z.int().optional(),
    paused: pause.optional(),
    skippedUntil: instant().optional().openapi({ description: "Instants before this one are skipped." }),
    failures: z.int().optional().openapi({ description: "Failed runs in a row, where `pauseOnFailure` is set." }),
    invalid: z.string().optional().openapi({ description: "Why its row cannot be read: it is never due." }),
    author: z.string().optional(),
    changedAt: instant(),
    decidedUpTo: instant().openapi({ description: "Every instant up to this one is decided." }),
    nextFirings: z.array(instant("2026-11-25T01:00:00.000Z")),
  })
  .openapi("ScheduleInfo");

export const schedulePage = pageOf("Schedule", scheduleInfo);
