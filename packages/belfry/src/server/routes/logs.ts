import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { AppDeps } from "../deps.ts";
import { type Answer, type Endpoints, json } from "../endpoint.ts";
import { trackingIdParams } from "../schemas/fields.ts";
import { eventPage, eventsQuery, logPage, logsQuery, resumeHeaders, streamText } from "../schemas/logs.ts";
import { recentEvents, streamEvents } from "../stream-events.ts";
import { streamLogs } from "../stream-logs.ts";

const streamType = "text/event-stream";

/** What is followed while it happens: as a page in JSON, or as Server-Sent Events where Accept asks for them. */
export function addLogs(endpoints: Endpoints, { engine, hub, clock }: AppDeps): void {
  endpoints.add(
    {
      ...{ operationId: "getLogs", tag: "Runs", method: "get", path: "/v1/runs/{trackingId}/logs", scope: "read" },
      summary: "A run's log, oldest line first. As a stream: `line` events, then `end` with the seed's record.",
      params: trackingIdParams,
      query: logsQuery,
      headers: resumeHeaders,
      answers: { 200: orStream(json("A page of lines, or their stream.", logPage)) },
      problems: ["E_TRACKING_ID", "E_RUN_UNKNOWN", "E_CURSOR"],
    },
    async ({ params: { trackingId }, query, headers, context }) => {
      if (!wantsStream(context)) return Response.json(await engine.runs.logs(trackingId, query));
      const after = headers["Last-Event-ID"] ?? query.after;
      return streamLogs(context, { engine, hub, clock, trackingId, after });
    },
  );
  endpoints.add(
    {
      ...{ operationId: "getEvents", tag: "Events", method: "get", path: "/v1/events", scope: "read" },
      summary:
        "The newest 1,000 events of this node, or their stream. An event is a hint: read again for what is true.",
      query: eventsQuery,
      headers: resumeHeaders,
      answers: { 200: orStream(json("The events, or their stream.", eventPage)) },
      problems: ["E_CURSOR"],
    },
    ({ query: { task, after }, headers, context }) => {
      if (!wantsStream(context)) return Response.json(recentEvents({ hub, task, after }));
      return streamEvents(context, { hub, clock, task, after: headers["Last-Event-ID"] ?? after });
    },
  );
}

function orStream(answer: Answer): Answer {
  return { ...answer, content: { ...answer.content, [streamType]: streamText } };
}

/** Nobody would ever read the stream of a HEAD. */
function wantsStream(context: Context): boolean {
  const supports = ["application/json", streamType];
  return (
    context.req.method === "GET" &&
    accepts(context, { header: "Accept", supports, default: "application/json" }) === streamType
  );
}
