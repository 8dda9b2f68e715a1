import type { Context } from "hono";
import type { Clock } from "../clock/clock.ts";
import type { Instance } from "../engine/instance.ts";
import type { AppEnv } from "./entrance.ts";
import type { Hub } from "./hub.ts";
import { frame } from "./stream-frame.ts";
import { eventStream, type Outlet } from "./stream-outlet.ts";

interface LogStreamOptions {
  readonly engine: Pick<Instance, "runs">;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly trackingId: string;
  /** The number of the last line that the client has: `Last-Event-ID`, else `?after=`. Default: none. */
  readonly after?: string;
}

/**
 * A run's log as Server-Sent Events: `line` for each line, those that are there and those that come, then `end` with
 * the seed's record. Rejects, before anything is sent, E_TRACKING_ID, E_RUN_UNKNOWN, E_CURSOR, E_NOT_STARTED, E_STOPPED.
 */
export async function streamLogs(context: Context<AppEnv>, options: LogStreamOptions): Promise<Response> {
  const { engine, hub, clock, trackingId, after = "0" } = options;
  await engine.runs.logs(trackingId, { after, limit: 1 });
  return eventStream(context, { clock, logger: hub.logger }, (outlet) =>
    follow(outlet, hub, trackingId, Number(after)),
  );
}

/** Sends what there is to read, one part after the other as the client takes them. */
async function follow(outlet: Outlet, hub: Hub, trackingId: string, after: number): Promise<void> {
  outlet.onOver(hub.listen({ closed: () => outlet.end("the server stops") }));
  const tail = hub.tail(trackingId);
  outlet.onOver(tail.follow());
  let sent = after;
  while (!outlet.isOver) {
    const { version } = tail;
    const part = await tail.read(sent);
    sent = part.after;
    if (part.bytes) outlet.lead(part.bytes);
    if (part.end) {
      outlet.lead(frame({ event: "end", data: part.end }));
      return outlet.end();
    }
    if (part.bytes) await outlet.taken();
    else await new Promise<void>((grown) => tail.whenGrown(version, grown));
  }
}
