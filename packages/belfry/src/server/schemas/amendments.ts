import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";
import { runsThatStay } from "./definitions.ts";
import { askedCount, askedInstant, author, reason } from "./fields.ts";
import { scheduleInfo } from "./schedules.ts";

const amendFields = { reason: reason.optional(), author: author.optional() };
const example = { reason: "the bank is closed", author: "operations" };

export const pauseBody = z
  .strictObject({
    ...amendFields,
    until: askedInstant("The first instant that may fire again; default: none before it is resumed.").optional(),
  })
  .openapi("PauseBody", { example });

export const resumeBody = z.strictObject(amendFields).openapi("ResumeBody", { example });

export const skipBody = z
  .strictObject({
    ...amendFields,
    count: askedCount(
      limits.nextFiringsMax,
      "How many of the next instants, in place of `until`; default 1.",
    ).optional(),
    until: askedInstant("All before this one.").optional(),
  })
  .openapi("SkipBody", { example: { ...example, count: 2 } });

/** What a pause, a resuming or a skip answers. */
export const amendResult = z
  .object({
    count: z.int().openapi({ description: "How many schedules it changed." }),
    schedules: z.array(scheduleInfo).openapi({ description: "The first of them, at most 100, as they are now." }),
    runs: runsThatStay,
  })
  .openapi("AmendResult");
