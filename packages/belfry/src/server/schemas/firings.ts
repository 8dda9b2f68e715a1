import { z } from "@hono/zod-openapi";
import { skipReasons } from "../../store/ledger.ts";
import { askedInstant, ids, instant, pageOf, pageQuery } from "./fields.ts";

const firing = z
  .object({
    instant: instant().openapi({
      description: "The instant that fired; for what did not fire, the instant after which it begins.",
    }),
    upTo: instant().optional(),
    decision: z.enum(["fired", ...skipReasons]),
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
