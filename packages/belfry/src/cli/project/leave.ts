import process from "node:process";
import type { CliContext } from "../context.ts";

/**
 * Ends the process once what was written is out, whatever the project's own code still waits for; with the code that
 * was said before.
 */
export async function leave({ stdout, stderr }: CliContext): Promise<never> {
  await Promise.all(
    [stdout, stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))),
  );
  process.exit();
}
