import type { FiringItem } from "../../../src/api/schedules.ts";
import type { BelfryError } from "../../../src/base/errors.ts";
import type { RunRecord } from "../../../src/run/record.ts";

/** A decision as one line. */
export function firingLine({
  task,
  schedule,
  instant,
  upTo,
  decision,
}: FiringItem & { task: string; schedule: string }) {
  return `${task} ${schedule} ${instant}${upTo ? `-${upTo}` : ""} ${decision}`;
}

/** A run as one line: what it stands for, and how it and its attempts ended. */
export function runLine(run: RunRecord): string {
  const { cronJobName, schedule = "by hand", scheduledFor = "", trigger, status, attempts, errors = [], result } = run;
  const tries = attempts.map(({ attempt, outcome }) => `${attempt}:${outcome ?? "runs"}`).join(" ");
  const said = errors.map(({ message }) => message).join(", ");
  return `${cronJobName} ${schedule} ${scheduledFor} ${trigger} ${status} [${tries}] ${said} ${scheduledFor && result}`;
}

export function refusal({ code }: BelfryError): string {
  return `refused: ${code}`;
}
