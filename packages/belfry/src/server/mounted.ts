import type { ServedApi } from "../engine/http-api.ts";
import { harmless } from "../engine/logger.ts";
import { createApp } from "./app.ts";
import type { AppDeps } from "./deps.ts";
import { Hub } from "./hub.ts";
import { Metrics } from "./metrics.ts";
import { requestListener } from "./request-listener.ts";

/** The HTTP API of an engine for the host app that it lives in. */
export function mountedApi(given: Omit<AppDeps, "hub" | "metrics">): ServedApi {
  const deps = { ...given, logger: harmless(given.logger) };
  const hub = new Hub(deps);
  const metrics = new Metrics(deps);
  const app = createApp({ ...deps, hub, metrics });
  const fetch = async (request: Request) => app.fetch(request, {});
  const listener = requestListener(
    (request, { incoming, outgoing }) => app.fetch(request, { incoming, outgoing }),
    deps,
  );
  hub.open();
  const close = () => {
    hub.close();
    metrics.close();
  };
  return { fetch, listener, close };
}
