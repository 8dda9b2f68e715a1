import { execFile } from "node:child_process";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in a folder, with nothing in its environment but what is given. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; withinMs?: number },
): Promise<Ended> {
  const { cwd, env = process.env, withinMs: timeout = 120_000 } = options;
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, timeout, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The same, and rejects, with all that it said, when it ends with another code than 0. */
export async function runWell(...call: Parameters<typeof run>): Promise<Ended> {
  const ended = await run(...call);
  if (ended.code === 0) return ended;
  throw new Error(`${call[0]} ${call[1].join(" ")} ended with ${ended.code}:\n${ended.stdout}\n${ended.stderr}`);
}
