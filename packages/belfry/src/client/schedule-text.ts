import { readFields, textOfFields } from "./json.ts";
import { payloadField } from "./trigger.ts";

const known = [
  ...["cron", "timezone", "dst", "every", "anchor", "at", "start", "end", "exclude", "spread"],
  ...["payload", "overlap", "catchUp", "priority", "pauseOnFailure"],
];

/**
 * A schedule as JSON text, with more fields beside its own. Checks what JSON would lose or change in silence; all else
 * is the server's to judge. Throws E_OPTION, E_OPTION_UNKNOWN, E_PAYLOAD.
 */
export function scheduleText(task: string, schedule: unknown, beside: Readonly<Record<string, unknown>> = {}): string {
  const given = typeof schedule === "string" ? { cron: schedule } : schedule;
  const { payload, ...fields } = readFields(given, "schedule", known, "schedule.");
  const parts = [payloadField(task, payload), textOfFields({ ...fields, ...beside }, "schedule.").slice(1, -1)];
  return `{${parts.filter((part) => part !== "").join(",")}}`;
}
