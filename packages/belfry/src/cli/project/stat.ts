import { type Stats, statSync } from "node:fs";

/**
 * What stands at a path; undefined where that cannot be known: it is not there, is a loop of links, has too long a
 * name, or lies in a folder that may not be entered. Never throws.
 */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
