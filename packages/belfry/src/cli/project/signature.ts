import { statSync } from "node:fs";

/** What tells one state of a file from another; undefined where there is no such file. */
export function signatureOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.ino}.${stat.size}.${stat.mtimeMs}` : undefined;
}
