import { statOf } from "./stat.ts";

/** What tells one state of a file from another; undefined where there is no such file. Never throws. */
export function signatureOf(path: string): string | undefined {
  const stat = statOf(path);
  return stat?.isFile() ? `${stat.ino}.${stat.size}.${stat.mtimeMs}` : undefined;
}
