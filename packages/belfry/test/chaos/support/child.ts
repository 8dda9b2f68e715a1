import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What a process of ours said: one line of JSON. `at` is by the machine's clock, which is the store's on SQLite. */
export interface Said {
  readonly say: string;
  readonly at: number;
  readonly [key: string]: unknown;
}

const alive = new Set<Child>();

/** A process of this test's own: a `*.child.ts` beside it, under the same Node, which speaks in lines of JSON. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #said: Said[] = [];
  readonly #exited: Promise<void>;
  #wake: (() => void)[] = [];
  #errors = "";
  #isGone = false;
  /** Whether its end was wanted: it was killed or told to stop. */
  #isEnding = false;

  constructor(script: string, name: string, options: object) {
    this.name = name;
    const path = fileURLToPath(new URL(`../${script}.child.ts`, import.meta.url));
    this.#process = spawn(process.execPath, [path, JSON.stringify({ ...options, name })], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    alive.add(this);
    const { stdout, stderr } = this.#process;
    if (stdout) createInterface({ input: stdout }).on("line", (line) => this.#hear(line));
    stderr?.on("data", (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-4_000);
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once("close", () => {
        this.#isGone = true;
        alive.delete(this);
        this.#wakeAll();
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** What it wrote to its standard error, the end of it. */
  get errors(): string {
    return this.#errors;
  }

  /** Whether it is gone without having been asked to. */
  get hasDied(): boolean {
    return this.#isGone && !this.#isEnding;
  }

  /** All that it said under this word. */
  allSaid(say: string): Said[] {
    return this.#said.filter((line) => line.say === say);
  }

  /** What it says, or said, under this word for the `count`th time. Rejects when it ends before, or says nothing in time. */
  async said(say: string, { count = 1, withinMs = 30_000 } = {}): Promise<Said> {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = this.allSaid(say)[count - 1];
      if (found) return found;
      const leftMs = until - Date.now();
      if (this.#isGone || leftMs <= 0) {
        throw new Error(
          `${this.name} ${this.#isGone ? "ended" : "was asked"} and did not say "${say}": ${this.#errors}`,
        );
      }
      await this.#woken(leftMs);
    }
  }

  /** SIGKILL, and its end. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  /** SIGTERM, and its end; SIGKILL and a rejection where it does not come in time. */
  async stop(withinMs = 40_000): Promise<void> {
    this.#isEnding = true;
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), withinMs);
    await this.#exited;
    clearTimeout(timer);
    if (this.#process.exitCode !== 0) throw new Error(`${this.name} did not stop well: ${this.#errors}`);
  }

  /** Its end by itself. */
  ended(): Promise<void> {
    this.#isEnding = true;
    return this.#exited;
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process.kill(signal);
  }

  /** Gives it a command; it says when it has carried it out. */
  tell(command: { readonly do: string; readonly [key: string]: unknown }): void {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  #hear(line: string): void {
    if (line.startsWith("{")) this.#said.push(JSON.parse(line) as Said);
    this.#wakeAll();
  }

  #woken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Ends whatever a test left running. */
export async function killAll(): Promise<void> {
  await Promise.all([...alive].map((child) => child.kill()));
}

/** Asks until the answer is true. Rejects with `what` when it does not come in time. */
export async function until(what: string, ask: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`within ${withinMs} ms it did not come true that ${what}`);
    await pause(20);
  }
}

/** Lets time pass: between questions, and where the passing itself is what is tried. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
