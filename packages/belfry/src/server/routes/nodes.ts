import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { nodeList } from "../schemas/nodes.ts";

/** The processes whose engines work on the store. */
export function addNodes(endpoints: Endpoints, { engine }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "listNodes", tag: "Nodes", method: "get", path: "/v1/nodes", scope: "read" },
      summary: "The processes whose engines work on the store.",
      answers: { 200: json("All of them, by epoch.", nodeList) },
    },
    async () => Response.json({ items: await engine.nodes() }),
  );
}
