import { limits } from "../../base/limits.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { emptyBody } from "../schemas/fields.ts";
import { keyBody, keyInfo, keyList, keyParams, madeKey } from "../schemas/keys.ts";
import { writeProblems } from "./made.ts";

/** The API keys of the store. */
export function addKeys(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listKeys", tag: "Keys", method: "get", path: "/v1/keys", scope: "admin" },
      summary: "All API keys, oldest first, the revoked ones too; without their secrets.",
      answers: { 200: json("The keys.", keyList) },
    },
    async () => Response.json({ items: await engine.keys.list() }),
  );
  endpoints.add(
    {
      ...{ operationId: "createKey", tag: "Keys", method: "post", path: "/v1/keys", scope: "admin" },
      summary: "Makes an API key. From the first one on, every request needs one.",
      body: { schema: keyBody, bytesMax: limits.requestBytesMax },
      answers: { 201: json("The key, with its secret: told this once.", madeKey) },
      problems: [...writeProblems],
    },
    async ({ body }) => Response.json(await engine.keys.create(body), { status: 201 }),
  );
  endpoints.add(
    {
      ...{ operationId: "revokeKey", tag: "Keys", method: "post", path: "/v1/keys/{id}/revoke", scope: "admin" },
      summary: "Ends an API key, for all processes within a second.",
      params: keyParams,
      body: { schema: emptyBody, bytesMax: limits.requestBytesMax },
      answers: { 200: json("The key.", keyInfo) },
      problems: ["E_KEY_UNKNOWN", ...writeProblems],
    },
    async ({ params }) => Response.json(await engine.keys.revoke(params.id)),
  );
}
