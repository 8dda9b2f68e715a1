import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings, RequestError } from "@hono/node-server";
import { BelfryError } from "../base/errors.ts";
import type { Clock } from "../clock/clock.ts";
import type { Logger } from "../engine/logger.ts";
import { problemResponse, toKnownError } from "./problem.ts";

/** Stands for a Host that was not sent: no name that can be allowed, so that only what needs no Host answers. */
const noHost = "no-host.invalid";

/** What answers requests of the Fetch API, as a listener of Node's `http` server. */
export function requestListener(
  answer: (request: Request, bindings: HttpBindings) => Response | Promise<Response>,
  { clock, logger }: { clock: Clock; logger: Logger },
): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener((request, bindings) => answer(request, bindings as HttpBindings), {
    errorHandler: (error) => problemResponse(toRequestError(error, clock, logger)),
    // The host process's own Request and Response stay what they are.
    overrideGlobalObjects: false,
    // Without it health checks of HTTP/1.0 were refused before they reach the door.
    hostname: noHost,
  });
  return (request, response) => void listener(request, response);
}

/** What no request could be made of is the client's fault. */
function toRequestError(error: unknown, clock: Clock, logger: Logger): BelfryError {
  if (!(error instanceof RequestError)) return toKnownError(error, clock, logger);
  return new BelfryError("E_REQUEST", { problem: "its target or its Host is malformed" });
}
