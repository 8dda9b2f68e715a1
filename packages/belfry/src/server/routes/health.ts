import { BelfryError, isBelfryError } from "../../base/errors.ts";
import type { AppDeps } from "../deps.ts";
import { type Endpoints, json } from "../endpoint.ts";
import { openApiDocument } from "../openapi.ts";
import { toKnownError } from "../problem.ts";
import { alive, description, metricsText, ready } from "../schemas/health.ts";

/** What those ask who keep the process running. */
export function addHealth(endpoints: Endpoints, { engine, metrics, clock, logger }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "getHealth", tag: "Health", method: "get", path: "/healthz", scope: "open" },
      summary: "Answers while the process lives.",
      answers: { 200: json("It lives.", alive) },
    },
    () => Response.json({ alive: true }),
  );
  endpoints.add(
    {
      ...{ operationId: "getReadiness", tag: "Health", method: "get", path: "/readyz", scope: "open" },
      summary: "Answers whether the engine can be asked now, and whether its clock can be relied on.",
      answers: { 200: json("It is ready.", ready) },
      problems: ["E_NOT_READY"],
    },
    async () => {
      try {
        await engine.checkReady();
        return Response.json({ ready: true });
      } catch (thrown) {
        if (isBelfryError(thrown, "E_NOT_READY")) throw thrown;
        // Everybody may ask this: what the code stands for is not theirs to know.
        const { code } = toKnownError(thrown, clock, logger);
        throw new BelfryError("E_NOT_READY", { problem: code });
      }
    },
  );
  endpoints.add(
    {
      ...{ operationId: "getMetrics", tag: "Health", method: "get", path: "/metrics", scope: "read" },
      summary: "What happened on this node, for Prometheus.",
      answers: { 200: { description: "Prometheus' text format.", content: { "text/plain": metricsText } } },
    },
    async () => {
      const { body, contentType } = await metrics.render();
      return new Response(body, { headers: { "content-type": contentType } });
    },
  );
  let document: object | undefined;
  endpoints.add(
    {
      ...{ operationId: "getDescription", tag: "Health", method: "get", path: "/openapi.json", scope: "read" },
      summary: "This description.",
      answers: { 200: json("OpenAPI 3.1.", description) },
    },
    () => {
      document ??= openApiDocument(endpoints.app);
      return Response.json(document);
    },
  );
}
