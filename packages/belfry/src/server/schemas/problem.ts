import { z } from "@hono/zod-openapi";
import { BelfryError } from "../../base/errors.ts";
import { toProblem } from "../problem.ts";

/** What is wrong, as RFC 9457 tells it. */
export const problem = z
  .object({
    type: z.string().openapi({ example: "urn:belfry:E_TASK_UNKNOWN" }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: "Stable: what programs decide by.", example: "E_TASK_UNKNOWN" }),
    detail: z.string().openapi({ description: "For people: the value, what was expected, the fix." }),
    fields: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  })
  .openapi("Problem", {
    example: toProblem(
      new BelfryError("E_TASK_UNKNOWN", { value: "billonDemand", nearest: ' (did you mean "billOnDemand"?)' }),
    ),
  });
