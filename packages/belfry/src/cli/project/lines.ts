import { printable } from "../../base/text.ts";
import type { Output } from "../output.ts";
import type { RunNews, SkippedNews } from "./messages.ts";

const errorCharactersMax = 300;
const nameWidth = 16;

const marks = { completed: "completed", failed: "failed", retrying: "failed" } as const;

/** A run's line: time, task, the end of its tracking id, what asked for it, how it ended, how long it took, why. */
export function runLine(news: RunNews, output: Pick<Output, "style">): string {
  const { at, task, trackingId, trigger = "", outcome, durationMs, delayMs, error } = news;
  const colour = outcome === "completed" ? "green" : outcome === "failed" ? "red" : "yellow";
  const took = durationMs === undefined ? "" : shortDuration(durationMs);
  const parts = [
    output.style("dim", clockTime(at)),
    task.padEnd(nameWidth),
    output.style("dim", `…${trackingId.slice(-8)}`),
    trigger.padEnd(8),
    output.style(colour, marks[outcome].padEnd(9)),
    took.padStart(7),
    ...(delayMs === undefined ? [] : [`again in ${shortDuration(delayMs)}`]),
    ...(error === undefined ? [] : [printable(error, errorCharactersMax)]),
  ];
  return parts.join("  ").trimEnd();
}

/** A line for instants that did not fire. */
export function skippedLine({ at, task, schedule, upTo, reason }: SkippedNews, output: Pick<Output, "style">): string {
  const which = schedule === "default" ? "" : ` (schedule ${schedule})`;
  return `${output.style("dim", clockTime(at))}  ${task.padEnd(nameWidth)}  did not fire: ${reason}, up to ${upTo}${which}`;
}

/** The time of day where the process is. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function shortDuration(ms: number): string {
  // Rounded before they are compared: 999.6 ms is a second, and 59.95 s a minute.
  const wholeMs = Math.round(ms);
  if (wholeMs < 1_000) return `${wholeMs} ms`;
  const tenths = Math.round(wholeMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
