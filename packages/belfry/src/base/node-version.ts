import { BelfryError } from "./errors.ts";

/** The oldest Node.js whose SQLite has no known way to damage a file in WAL mode. */
const needed = { major: 22, minor: 23 };

/** Throws E_NODE_VERSION, in one line, where this Node.js is too old. */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return;
  const error = new BelfryError("E_NODE_VERSION", { value: version });
  // Whoever imports Belfry is not at fault: where our code stands says nothing, and hides the line that does.
  error.stack = `${error.name}: ${error.message}`;
  throw error;
}

checkNodeVersion(process.versions.node);
