import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";

/** The secret that the examples' `authorize` asks for. */
export const token = "a-secret-of-this-test";

/** An example as a process of its own, on a store and a port of its own; ended with the test. */
export class App {
  readonly store: string;
  output = "";
  exitCode: number | null | undefined;
  readonly #process: ChildProcess;

  constructor(main: string) {
    const file = `${main}.db`;
    this.store = `sqlite:${file}`;
    const { PATH, HOME } = process.env;
    this.#process = spawn(process.execPath, [main], {
      cwd: dirname(main),
      env: { PATH, HOME, PORT: "0", BELFRY_STORE: this.store, ADMIN_TOKEN: token },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.output += data.toString();
      });
    }
    this.#process.once("close", (code) => {
      this.exitCode = code;
    });
    onTestFinished(async () => {
      this.#process.kill("SIGKILL");
      await this.#ended();
      for (const end of ["", "-wal", "-shm", ".nodes"]) rmSync(`${file}${end}`, { force: true, recursive: true });
    });
  }

  /** What it prints, once that fits. Throws what it printed when it ends before. */
  async said(shape: RegExp): Promise<RegExpExecArray> {
    return vi.waitUntil(
      () => {
        const found = shape.exec(this.output);
        if (!found && this.exitCode !== undefined) throw new Error(`it ended with ${this.exitCode}: ${this.output}`);
        return found;
      },
      { timeout: 20_000 },
    );
  }

  /** Where it listens. */
  async url(): Promise<string> {
    return (await this.said(/listening on (http:\S+)/))[1] ?? "";
  }

  /** SIGTERM, and its exit code. */
  async stop(): Promise<number | null | undefined> {
    this.#process.kill("SIGTERM");
    await this.#ended();
    return this.exitCode;
  }

  async #ended(): Promise<void> {
    await vi.waitUntil(() => this.exitCode !== undefined, { timeout: 40_000 });
  }
}

/** The example's main file in the folder. */
export function mainOf(folder: string, name: string): string {
  return join(folder, name, name === "commonjs" ? "main.cjs" : "main.ts");
}
