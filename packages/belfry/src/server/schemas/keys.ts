import { z } from "@hono/zod-openapi";
import { limits } from "../../base/limits.ts";
import { keyScopes } from "../../store/keys.ts";
import { askedText, askedWord, instant } from "./fields.ts";

const keyFields = {
  id: z.string().openapi({ example: "9f86d081" }),
  name: z.string().openapi({ example: "nightly reports" }),
  scope: z.enum(keyScopes),
  createdAt: instant(),
  revokedAt: instant().optional(),
};

/** An API key without its secret. */
export const keyInfo = z.object(keyFields).openapi("KeyInfo");

export const keyList = z.object({ items: z.array(keyInfo) }).openapi("KeyList");

export const keyBody = z
  .strictObject({
    name: askedText(limits.keyNameCharactersMax, "What it is for.", "nightly reports"),
    scope: askedWord(keyScopes, "What it opens; default `read`.").optional(),
  })
  .openapi("KeyBody");

/** A key that was just made. */
export const madeKey = z
  .object({
    ...keyFields,
    secret: z.string().openapi({ description: "Told this once; the store keeps its SHA-256 only." }),
  })
  .openapi("MadeKey");

export const keyParams = z.object({ id: z.string().openapi({ example: "9f86d081", description: "The key's id." }) });
