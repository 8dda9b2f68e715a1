import { z } from "@hono/zod-openapi";
import type { BackfillOptions } from "../../api/backfills.ts";
import { limits } from "../../base/limits.ts";
import { backfillStates, reprocessRules } from "../../store/backfills.ts";
import type { InstantOutcome } from "../../store/ledger.ts";
import {
  askedCount,
  askedInstant,
  askedTask,
  askedWord,
  author,
  ids,
  instant,
  pageOf,
  pageQuery,
  reason,
  wordOf,
} from "./fields.ts";

const orders = wordOf<NonNullable<BackfillOptions["order"]>>({ oldest: true, newest: true });

/** Which instants to run again, and how. */
export const backfillBody = z
  .strictObject({
    from: askedInstant("The first instant that may be run."),
    to: askedInstant("The last one; not after now."),
    order: askedWord(orders.options, "Which first; default `oldest`.").optional(),
    concurrency: askedCount(
      limits.backfillConcurrencyMax,
      "How many of its runs may be unfinished at once; default 1.",
    ).optional(),
    reprocess: askedWord(reprocessRules, "Which instants that have a run are run again; default `none`.").optional(),
    reason: reason.optional(),
    author: author.optional(),
    force: z.boolean("true or false").optional().openapi({ description: "Also before what the ledger keeps." }),
    dryRun: z.boolean("true or false").optional().openapi({ description: "Only says what it would do." }),
  })
  .openapi("BackfillBody", {
    example: { from: "2026-11-01T00:00:00.000Z", to: "2026-11-08T00:00:00.000Z", reprocess: "failed" },
  });

/** A backfill. */
export const backfill = z
  .object({
    id: z.string().openapi({ pattern: "^[0-9a-f]{24}$", example: ids.trackingId }),
    task: z.string(),
    key: z.string(),
    from: instant(),
    to: instant(),
    order: orders,
    concurrency: z.int(),
    reprocess: z.enum(reprocessRules),
    reason: z.string().optional(),
    author: z.string().optional(),
    state: z.enum(backfillStates),
    position: instant().optional().openapi({ description: "The last instant that was handled, in its order." }),
    made: z.int().openapi({ description: "How many runs were made." }),
    unfinished: z.int().openapi({ description: "How many of them are unfinished." }),
    passed: z.int().openapi({ description: "How many instants were passed over." }),
    createdAt: instant(),
    endedAt: instant().optional(),
  })
  .openapi("Backfill");

export const backfillPage = pageOf("Backfill", backfill);

/** What a backfill would do. */
export const backfillEstimate = z
  .object({
    instants: z.int(),
    runs: z.int().openapi({ description: "How many of them would run." }),
    first: z.array(
      z.object({
        instant: instant(),
        outcome: wordOf<InstantOutcome>({ none: true, unfinished: true, completed: true, failed: true }),
        runs: z.boolean(),
      }),
    ),
    estimateMs: z.number().optional(),
  })
  .openapi("BackfillEstimate");

export const backfillsQuery = pageQuery.extend({ task: askedTask.optional() });

export const backfillParams = z.object({
  id: z.string().openapi({ pattern: "^[0-9a-f]{24}$", example: ids.trackingId, description: "The backfill's id." }),
});
