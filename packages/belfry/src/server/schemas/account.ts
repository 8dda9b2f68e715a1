import { z } from "@hono/zod-openapi";
import type { AuditFinding, InstantAccount } from "../../api/account.ts";
import { limits } from "../../base/limits.ts";
import { runStatuses } from "../../run/states.ts";
import { skipReasons } from "../../store/ledger.ts";
import { askedInstant, askedInteger, askedKey, askedTask, ids, instant, wordOf } from "./fields.ts";

/** Why something is not due: of which kind, with the names, dates and instants that say more. */
const cause = z.looseObject({ kind: z.string().openapi({ example: "gap" }) }).openapi("Cause");

const trackingId = z.string().openapi({ example: ids.trackingId });
const status = z.enum(runStatuses);

const verdict = wordOf<InstantAccount["verdict"]>({
  fired: true,
  notFired: true,
  undecided: true,
  ahead: true,
  notDue: true,
  unknown: true,
});

const instantAccount = z
  .object({
    schedule: z.string().openapi({ example: "default" }),
    verdict,
    reason: z.enum(skipReasons).optional(),
    after: instant()
      .optional()
      .openapi({ description: "The instants after this one, up to `upTo`, share the reason." }),
    upTo: instant().optional(),
    trackingId: trackingId.optional(),
    status: status.optional(),
    latenessMs: z.number().optional(),
    previous: instant().optional().openapi({ description: "The schedule's instant before." }),
    next: instant().optional().openapi({ description: "The one after." }),
    causes: z.array(cause).openapi({ description: "Why it is not due." }),
    down: z
      .object({ from: instant().optional(), to: instant().optional() })
      .optional()
      .openapi({ description: "While no node is known to have been up." }),
    text: z.string(),
  })
  .openapi("InstantAccount");

/** Why a task did or did not run at an instant. */
export const explanation = z
  .object({
    task: z.string().openapi({ example: "billOnDemand" }),
    at: instant(),
    schedules: z.array(instantAccount),
    byHand: z
      .array(z.object({ trackingId, triggeredAt: instant(), status }))
      .openapi({ description: "Runs by hand that were triggered within the same minute, at most 10." }),
    text: z.string(),
  })
  .openapi("Explanation");

export const explainQuery = z.object({
  task: askedTask,
  at: askedInstant("The instant that is asked about."),
  schedule: askedKey.optional(),
});

const finding = z
  .object({
    task: z.string(),
    schedule: z.string(),
    kind: wordOf<AuditFinding["kind"]>({
      gap: true,
      double: true,
      notDue: true,
      cut: true,
      late: true,
      invalid: true,
    }),
    instant: instant(),
    text: z.string(),
  })
  .openapi("AuditFinding");

/** What every schedule was due, beside what the ledger says. */
export const audit = z
  .object({
    from: instant(),
    to: instant(),
    schedules: z.int(),
    instants: z.int().openapi({ description: "How many were due." }),
    fired: z.int(),
    notFired: z
      .object(Object.fromEntries(skipReasons.map((reason) => [reason, z.int().optional()])))
      .openapi({ description: "By reason." }),
    findings: z.array(finding).openapi({ description: "The first 1,000." }),
    found: z.int().openapi({ description: "How many there are." }),
  })
  .openapi("Audit");

export const auditQuery = z.object({
  task: askedTask.optional(),
  schedule: askedKey.optional(),
  from: askedInstant("Default: as far back as the ledger reaches.").optional(),
  to: askedInstant("Default: now.").optional(),
});

const worstMinute = z
  .object({
    at: instant(),
    firings: z.int(),
    concurrency: z.number(),
    tasks: z.array(z.object({ task: z.string(), firings: z.int() })),
  })
  .openapi("ForecastMinute");

/** What is due in the hours to come. */
export const forecast = z
  .object({
    from: instant(),
    to: instant(),
    schedules: z.int(),
    firings: z.int(),
    perMinute: z.array(z.int()).openapi({ description: "How many fire in each minute, from `from` on." }),
    peakConcurrency: z
      .number()
      .openapi({ description: "How many runs at once at the most, by how long past ones took." }),
    worst: z.array(worstMinute),
    overlapping: z
      .array(z.object({ task: z.string(), schedule: z.string(), durationMs: z.number(), everyMs: z.number() }))
      .openapi({ description: "Schedules whose runs take longer than the time to their next instant." }),
    unknownDurations: z.array(z.string()).openapi({ description: "Tasks none of whose runs has completed." }),
  })
  .openapi("Forecast");

export const forecastQuery = z.object({ hours: askedInteger(1, limits.forecastHoursMax, 24).optional() });
