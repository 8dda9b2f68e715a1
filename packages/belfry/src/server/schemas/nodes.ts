import { z } from "@hono/zod-openapi";
import { instant } from "./fields.ts";

/** The processes whose engines work on the store. */
export const nodeList = z
  .object({
    items: z.array(
      z
        .object({
          name: z.string(),
          epoch: z.int(),
          startedAt: instant(),
          leaseExpiresAt: instant(),
          running: z.int(),
        })
        .openapi("NodeInfo"),
    ),
  })
  .openapi("NodeList");
