import type { ErrorCode } from "../base/errors.ts";
import type { BelfryEvents } from "../engine/events.ts";
import type { RunTrigger } from "../run/record.ts";

/** An event of this node as clients see it. */
export interface HubEvent {
  /** Where it stands among this process's events: what `after` and `Last-Event-ID` take. */
  readonly id: string;
  readonly event: keyof BelfryEvents;
  /** ISO 8601, by this process's clock. */
  readonly at: string;
  readonly data: EventData;
}

/** Who wants to hear of what happens. */
export interface HubListener {
  /** What happened on this node since the last call. At most fifty times a second. */
  happened?(events: readonly HubEvent[]): void;
  /** Another process changed the store. At most five times a second. */
  changed?(): void;
  /** The hub is closed: nothing more comes. */
  closed?(): void;
}

/** What clients are told of an event: names, ids and numbers. */
export interface EventData {
  readonly task: string;
  readonly trackingId?: string;
  readonly attempt?: number;
  readonly trigger?: RunTrigger;
  readonly scheduledFor?: string;
  readonly durationMs?: number;
  readonly delayMs?: number;
  readonly error?: { readonly code: ErrorCode; readonly message?: string };
  readonly schedule?: string;
  readonly upTo?: string;
  readonly reason?: string;
}

/** Codes whose messages are all ours. Those of others hold what a handler, a schema or a person said. */
const oursAlone: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["E_TIMEOUT", "E_LOST", "E_NO_HANDLER"]);

/** An event without what is the user's: causes never leave, and a handler's message is in the record. */
export function eventData(event: BelfryEvents[keyof BelfryEvents]): EventData {
  if (!("error" in event)) return event;
  const { trackingId, task, attempt, error } = event;
  const { code, message } = error;
  return {
    trackingId,
    task,
    attempt,
    ...("delayMs" in event ? { delayMs: event.delayMs } : {}),
    error: oursAlone.has(code) ? { code, message } : { code },
  };
}
