import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";

const main = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const withinMs = 25_000;

/** The command line in a process of its own, as a terminal starts it. */
export class Cli {
  readonly out: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #errors = "";
  #hasEnded = false;

  constructor(cwd: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env.PATH, HOME: cwd, ...environment };
    this.#process = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const { stdout, stderr } = this.#process;
    if (stdout) createInterface({ input: stdout }).on("line", (line) => this.out.push(line));
    stderr?.on("data", (data: Buffer) => {
      this.#errors += data.toString();
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once("close", () => {
        this.#hasEnded = true;
        resolve();
      });
    });
    onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail")
        console.error(`${args.join(" ")} said:\n${this.out.join("\n")}\n${this.#errors}`);
      this.#process.kill("SIGKILL");
      await this.#ended;
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get errors(): string {
    return this.#errors;
  }

  /** The first line that matches after the first `after` lines. Rejects when it does not come, and when the process ends before. */
  async line(shape: RegExp, after = 0): Promise<string> {
    const find = () => this.out.slice(after).find((line) => shape.test(line));
    return vi.waitUntil(
      () => {
        const found = find();
        if (found === undefined && this.#hasEnded)
          throw new Error(`it ended and did not say ${shape}: ${this.#errors}`);
        return found;
      },
      { timeout: withinMs, interval: 20 },
    );
  }

  /** The URL that it says it serves. */
  async url(): Promise<string> {
    return /http:\S+?(?=[\s",]|$)/.exec(await this.line(/http:/))?.[0] ?? "";
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** How it ended. */
  async ended(): Promise<{ code: number | null; signal: string | null; stderr: string }> {
    await this.#ended;
    const { exitCode, signalCode } = this.#process;
    return { code: exitCode, signal: signalCode, stderr: this.#errors };
  }
}

/** Whether a process of this id is there. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when no process of this id is there any more. */
export async function gone(pid: number): Promise<void> {
  await vi.waitUntil(() => !isThere(pid), { timeout: withinMs, interval: 20 });
}

/** The answer of a server as JSON; a body makes it a POST. */
export async function ask(
  url: string,
  { body, key }: { body?: unknown; key?: string } = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const headers = {
    ...(body ? { "content-type": "application/json" } : {}),
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
  const method = body ? "POST" : "GET";
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Triggers a task by HTTP; answers its tracking id. */
export async function trigger(url: string, task: string): Promise<string> {
  const { status, json } = await ask(`${url}/v1/tasks/${task}/runs`, { body: {} });
  if (status !== 201) throw new Error(`trigger of ${task}: ${status} ${JSON.stringify(json)}`);
  return String(json.trackingId);
}
