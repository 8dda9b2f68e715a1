import { openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Line } from "./journal.ts";

/** The options that the parent gave to this process. */
export function optionsOf<Options>(): Options & { readonly name: string } {
  // Whoever started this process is gone: then it has nothing to do here.
  process.stdin
    .on("end", () => process.exit(9))
    .on("error", () => process.exit(9))
    .resume();
  return JSON.parse(process.argv[2] ?? "{}") as Options & { readonly name: string };
}

/** Says a line to the parent, before anything else happens. */
export function say(word: string, fields: object = {}): void {
  writeSync(1, `${JSON.stringify({ say: word, at: Date.now(), ...fields })}\n`);
}

/** Calls back with each command of the parent's. */
export function onCommand(carryOut: (command: { readonly do: string; readonly [key: string]: unknown }) => void): void {
  createInterface({ input: process.stdin }).on("line", (line) => carryOut(JSON.parse(line)));
}

/** A file of lines that a SIGKILL of this process does not take back. */
export function openJournal(file: string): (line: Line) => void {
  const fd = openSync(file, "a");
  return (line) => void writeSync(fd, `${JSON.stringify(line)}\n`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
