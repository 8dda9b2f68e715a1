import { readFileSync } from "node:fs";

/** The kernel counts a process's time in hundredths of a second, on every Linux. */
const ticksPerSecond = 100;

/** How many bytes a process has caused to be written. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** The processor time that a process has had, in milliseconds. */
export function busyMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000;
}
