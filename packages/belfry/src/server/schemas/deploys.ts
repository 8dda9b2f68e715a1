import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";
import { askedText, instant } from "./fields.ts";

/** A set of definitions that an app has, or had. */
export const deployInfo = z
  .object({
    number: z.int().openapi({ description: "1 for the app's first set; grows.", example: 3 }),
    app: z.string().openapi({ example: "default" }),
    release: z.string().optional().openapi({ example: "2026.11.2" }),
    digest: z.string(),
    appliedAt: instant(),
    current: z.boolean(),
  })
  .openapi("DeployInfo");

export const deployList = z.object({ items: z.array(deployInfo) }).openapi("DeployList");

/** Whose sets. */
export const appQuery = z.object({
  app: askedText(limits.taskNameCharactersMax, "Of this app; default: the server's.", "default").optional(),
});

const numberExpected = "a whole number from 1 on";

export const deployParams = z.object({
  number: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, numberExpected)
    .transform(Number)
    .openapi({ type: "integer", minimum: 1, description: "The set's number.", example: 3 }),
});
