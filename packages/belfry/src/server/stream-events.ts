import type { Context } from "hono";
import type { Clock } from "../clock/clock.ts";
import type { AppEnv } from "./entrance.ts";
import type { Hub } from "./hub.ts";
import type { HubEvent } from "./hub-event.ts";
import { frame, joined } from "./stream-frame.ts";
import { eventStream } from "./stream-outlet.ts";

interface EventsOptions {
  readonly hub: Hub;
  /** Only the events of this task. Default: all. */
  readonly task?: string;
  /** The id of the last event that the client has: `Last-Event-ID`, else `?after=`. */
  readonly after?: string;
}

const changed = frame({ event: "changed", data: {} });
/** The same events go to many streams, in different company; each is put into bytes once. */
const frames = new WeakMap<HubEvent, Uint8Array>();
/** All events of a moment go to most streams as they are. */
const pieces = new WeakMap<readonly HubEvent[], Uint8Array>();

/**
 * This node's events as Server-Sent Events, from now on, or those kept after an id first; `changed` where another
 * process changed the store, or where events were missed. Throws E_CURSOR.
 */
export function streamEvents(context: Context<AppEnv>, options: EventsOptions & { readonly clock: Clock }): Response {
  const { hub, task, after, clock } = options;
  // What is wrong with the request is said before the stream begins.
  hub.recent(after);
  return eventStream(context, { clock, logger: hub.logger }, (outlet) => {
    if (after !== undefined) {
      const { items, isGap } = hub.recent(after);
      if (isGap) outlet.lead(changed);
      if (items.length > 0) outlet.lead(pieceOf(ofTask(items, task)));
    }
    const end = hub.listen({
      happened: (all) => {
        const events = ofTask(all, task);
        if (events.length > 0) outlet.send(pieceOf(events), events.length);
      },
      changed: () => outlet.send(changed),
      closed: () => outlet.end("the server stops"),
    });
    outlet.onOver(end);
  });
}

/** The newest 1,000 events of this node, oldest first; `cursor` is what to ask with next. Throws E_CURSOR. */
export function recentEvents({ hub, task, after }: EventsOptions): { items: readonly HubEvent[]; cursor: string } {
  const { items, cursor } = hub.recent(after);
  return { items: ofTask(items, task), cursor };
}

function ofTask(events: readonly HubEvent[], task: string | undefined): readonly HubEvent[] {
  return task === undefined ? events : events.filter(({ data }) => data.task === task);
}

function pieceOf(events: readonly HubEvent[]): Uint8Array {
  const known = pieces.get(events);
  if (known) return known;
  const piece = joined(events.map(frameOf));
  pieces.set(events, piece);
  return piece;
}

function frameOf(one: HubEvent): Uint8Array {
  const { id, event, at, data } = one;
  const bytes = frames.get(one) ?? frame({ event, id, data: { at, ...data } });
  frames.set(one, bytes);
  return bytes;
}
