import { Hono } from "hono";
import type { Clock } from "../../../src/clock/clock.ts";
import type { Instance } from "../../../src/engine/instance.ts";
import type { AppEnv } from "../../../src/server/entrance.ts";
import { Hub } from "../../../src/server/hub.ts";
import { problemResponse, toKnownError } from "../../../src/server/problem.ts";
import { streamEvents } from "../../../src/server/stream-events.ts";
import { streamLogs } from "../../../src/server/stream-logs.ts";
import { Said } from "../../engine/support/ears.ts";

/** The streams alone, without a door: on any engine and clock. */
export function smallApp(engine: Pick<Instance, "on" | "onChange" | "runs">, clock: Clock) {
  const said = new Said();
  const hub = new Hub({ engine, clock, logger: said });
  hub.open();
  const app = new Hono<AppEnv>();
  app.use((context, next) => {
    context.set("stands", async () => true);
    return next();
  });
  const afterOf = (request: { header(name: string): string | undefined; query(name: string): string | undefined }) =>
    request.header("last-event-id") ?? request.query("after");
  app.get("/logs/:id", (context) => {
    const trackingId = context.req.param("id");
    return streamLogs(context, { engine, hub, clock, trackingId, after: afterOf(context.req) });
  });
  app.get("/events", (context) => {
    return streamEvents(context, { hub, clock, task: context.req.query("task"), after: afterOf(context.req) });
  });
  app.onError((error) => problemResponse(toKnownError(error, clock, said)));
  return { app, hub, said };
}
