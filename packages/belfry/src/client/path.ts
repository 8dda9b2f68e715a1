import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";

/** The path of a task; encoded. Throws E_TASK_UNKNOWN for what no task can be called and no path can say. */
export function taskPath(name: unknown): string {
  return `/v1/tasks/${taskSegment(name)}`;
}

/** A task's name, encoded for a path or a query. Throws E_TASK_UNKNOWN for what no task can be called. */
export function taskSegment(name: unknown): string {
  const segment = segmentOf(name);
  if (segment === undefined) throw new BelfryError("E_TASK_UNKNOWN", { value: name, nearest: "" });
  return segment;
}

/**
 * The path of a schedule, or of a pattern's; encoded. Throws E_SCHEDULE_UNKNOWN for a key that no schedule can have and
 * no path can say.
 */
export function schedulePath(task: unknown, key: unknown): string {
  const path = taskPath(task);
  const segment = segmentOf(key);
  if (segment === undefined) throw new BelfryError("E_SCHEDULE_UNKNOWN", { task, value: key, nearest: "" });
  return `${path}/schedules/${segment}`;
}

/**
 * A name as one segment of a path; undefined where it is none that a path can say: no text, empty, too long to be a
 * name, half a surrogate pair, or dots, which a URL takes for a way up.
 */
export function segmentOf(name: unknown): string | undefined {
  const fits = typeof name === "string" && name !== "" && name.length <= limits.taskNameCharactersMax;
  return fits && name.isWellFormed() && !/^\.\.?$/.test(name) ? encode(name) : undefined;
}

/** Also the star of a pattern, which proxies may take for one of theirs. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("*", "%2A");
}

/** The query of the values that are given, with its question mark. */
export function queryOf(values: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  if (given.length === 0) return "";
  const pairs = given.map(([name, value]) => `${name}=${encodeURIComponent(textOf(value).toWellFormed())}`);
  return `?${pairs.join("&")}`;
}
