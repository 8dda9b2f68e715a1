import { z } from "@hono/zod-openapi";

export const alive = z.object({ alive: z.literal(true) }).openapi("Alive");

export const ready = z.object({ ready: z.literal(true) }).openapi("Ready");

export const metricsText = z.string().openapi("Metrics", { example: "belfry_nodes 1\n" });

/** OpenAPI's own document: its shape is its own page's. */
export const description = z
  .object({
    openapi: z.string().openapi({ example: "3.1.0" }),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    paths: z.record(z.string(), z.unknown()),
  })
  .catchall(z.unknown())
  .openapi("Description");
