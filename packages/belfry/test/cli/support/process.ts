import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

/** The words that start the command line from its source; Node.js 22 would say that it strips types. */
export const command = [process.execPath, "--disable-warning=ExperimentalWarning", main];

/** What a process did; `exit` is null where a signal ended it. */
export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command line as a process of its own, without a terminal and with nothing on stdin. */
export class BelfryProcess {
  readonly #child: ReturnType<typeof start>;
  readonly ended: Promise<Ended>;
  out = "";
  err = "";

  constructor(argv: readonly string[], cwd: string, environment: Record<string, string> = {}) {
    this.#child = start(argv, cwd, environment);
    this.#child.stdout.on("data", (data: Buffer) => {
      this.out += data.toString();
    });
    this.#child.stderr.on("data", (data: Buffer) => {
      this.err += data.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (exit) => resolve({ exit, out: this.out, err: this.err }));
    });
  }

  /** Reads no more of what it writes, as `head` does. */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}

function start(argv: readonly string[], cwd: string, environment: Record<string, string>) {
  const [node = "", ...words] = command;
  return spawn(node, [...words, ...argv], {
    cwd,
    // Of this test's own environment a command must not know a store or a server.
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
