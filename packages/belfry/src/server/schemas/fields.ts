import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";

// The pieces of which requests and answers are made. A piece of a request says what it expects as its error.

export const ids = {
  trackingId: "6237b225b9a84d607cd79044",
  cronJobId: "6237b1f17c2a9625f0b2119e",
} as const;

/** An instant in an answer. */
export function instant(example = "2022-03-20T23:00:53.966Z") {
  return z.iso.datetime().openapi({ format: "date-time", example });
}

/** An instant in a request, as a `Date`. */
export function askedInstant(description: string) {
  return z.iso
    .datetime({ offset: true, error: 'an ISO 8601 instant with its zone, such as "2026-11-24T12:00:00.000Z"' })
    .transform((text) => new Date(text))
    .openapi({ type: "string", format: "date-time", description, example: "2026-11-24T12:00:00.000Z" });
}

/** A whole number in a query. */
export function askedInteger(min: number, max: number, fallback: number) {
  return z
    .string()
    .regex(/^\d{1,6}$/, { error: `a whole number from ${min} to ${max}`, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `a whole number from ${min} to ${max}` })
    .openapi({ type: "integer", minimum: min, maximum: max, default: fallback });
}

/** A whole number in a body, from 1 on. */
export function askedCount(max: number, description: string) {
  const expected = `a whole number from 1 to ${max}`;
  return z.int(expected).min(1, expected).max(max, expected).openapi({ description });
}

/** Text of bounded length in a request. */
export function askedText(charactersMax: number, description: string, example: string) {
  const expected = `text of 1 to ${charactersMax} characters`;
  return z.string(expected).min(1, expected).max(charactersMax, expected).openapi({ description, example });
}

/** One of some words in a request. */
export function askedWord<const Words extends readonly string[]>(words: Words, description: string) {
  return z.enum(words, words.map((word) => JSON.stringify(word)).join(" or ")).openapi({ description });
}

/** One of all the words of a type: the compiler refuses a list that lacks one, or has one that is none. */
export function wordOf<Word extends string>(words: Readonly<Record<Word, true>>) {
  return z.enum(Object.keys(words) as [Word, ...Word[]]);
}

export const author = askedText(
  limits.authorCharactersMax,
  "Who, for the record. Default: the name of the API key.",
  "operations",
);

export const reason = askedText(limits.reasonCharactersMax, "Why, for the record.", "asked for by support");

export const idempotencyKey = askedText(
  limits.idempotencyKeyCharactersMax,
  "A second request with the same key, within 24 h, answers what the first one did.",
  "invoice-2026-11",
);

export const idempotencyHeaders = z.object({ "Idempotency-Key": idempotencyKey.optional() });

export const trackingIdParams = z.object({
  trackingId: z.string().openapi({ pattern: "^[0-9a-f]{24}$", example: ids.trackingId, description: "A run's id." }),
});

export const taskParams = z.object({
  name: z.string().openapi({ example: "billOnDemand", description: "A task's exact name." }),
});

export const scheduleParams = taskParams.extend({
  key: z.string().openapi({ example: "default", description: "The schedule's key; `default` where it has no other." }),
});

/** The schedules that a change is about. */
export const patternParams = z.object({
  name: z.string().openapi({ example: "bill*", description: "A task's name, or a pattern: `*` stands for any text." }),
  key: z.string().openapi({ example: "*", description: "A schedule's key, or a pattern." }),
});

/** The body of what is asked without saying more. */
export const emptyBody = z.strictObject({}).openapi("EmptyBody", { example: {} });

/** Of one task, in a query. */
export const askedTask = askedText(limits.taskNameCharactersMax, "Of this task.", "billOnDemand");

/** Of one schedule of it. */
export const askedKey = askedText(limits.scheduleKeyCharactersMax, "Of the schedule of this key.", "default");

/** The query of a list. */
export const pageQuery = z.object({
  limit: askedInteger(1, limits.pageItemsMax, limits.pageItemsDefault).optional(),
  cursor: z.string().optional().openapi({ description: "The `cursor` of the page before." }),
});

/** A page of a list, named for its items. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z.object({ items: z.array(item), cursor: cursorField.optional() }).openapi(`${name}Page`);
}

export const cursorField = z
  .string()
  .openapi({ description: "What to ask with for the next page; absent on the last." });
