import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import type { FromWorker, LoadedNews, RefusedNews, RunNews, SeenFiles, SkippedNews, ToWorker } from "./messages.ts";

/** How a process ended. */
export interface ExitedNews {
  readonly kind: "exited";
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a process may take to end that has not begun to serve. */
const unservedMsMax = 5_000;

type Answer = FromWorker | ExitedNews;

interface DevProcessOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly onNews: (news: RunNews | SkippedNews) => void;
  readonly onSeen: (seen: SeenFiles) => void;
}

/** One process that runs the project's tasks, as `belfry dev` sees it. */
export class DevProcess {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #onNews: DevProcessOptions["onNews"];
  readonly #onSeen: DevProcessOptions["onSeen"];
  readonly exited: Promise<ExitedNews>;
  #stopMsMax = unservedMsMax;
  readonly #waiting = new Set<(answer: Answer) => void>();
  #hasExited = false;
  #isMeantToEnd = false;

  constructor({ folder, clock, environment, onNews, onSeen }: DevProcessOptions) {
    this.#clock = clock;
    this.#onNews = onNews;
    this.#onSeen = onSeen;
    // It lies beside this file in the same form as it: as source, or as what was built of it.
    const script = new URL(`./dev-worker${extname(import.meta.filename)}`, import.meta.url);
    this.#child = fork(script, { cwd: folder, env: environment, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (news: FromWorker) => this.#hear(news));
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#hasExited = true;
        const news: ExitedNews = { kind: "exited", code, signal };
        this.#answer(news);
        resolve(news);
      };
      this.#child.once("exit", end);
      this.#child.once("error", () => end(null, null));
    });
  }

  /** Whether it is there. */
  get isAlive(): boolean {
    return !this.#hasExited;
  }

  /** Whether it was told to end, or said why it does. */
  get isMeantToEnd(): boolean {
    return this.#isMeantToEnd;
  }

  /** Lets it load the project. */
  async load(
    message: Omit<Extract<ToWorker, { kind: "load" }>, "kind">,
  ): Promise<LoadedNews | RefusedNews | ExitedNews> {
    const answer = await this.#ask({ kind: "load", ...message }, ["loaded", "refused"]);
    if (answer.kind === "loaded") this.#stopMsMax = answer.stopMsMax;
    return answer;
  }

  /** Lets it serve what it loaded; `before` is the URL that the process before it served. */
  go(before: string | undefined): Promise<Extract<FromWorker, { kind: "serving" }> | RefusedNews | ExitedNews> {
    return this.#ask({ kind: "go", before }, ["serving", "refused"]);
  }

  /**
   * Lets it take nothing more and end what runs; answers how many runs that are, as soon as its port is free. It is
   * ended hard where it takes longer than it may.
   */
  async retire(): Promise<number> {
    this.#isMeantToEnd = true;
    const cancel = this.#clock.after(this.#stopMsMax, () => this.kill());
    void this.exited.then(cancel);
    const answer = await this.#ask({ kind: "stop" }, ["yielded"]);
    return answer.kind === "yielded" ? answer.running : 0;
  }

  /** Ends it at once. */
  kill(): void {
    this.#isMeantToEnd = true;
    if (this.isAlive) this.#child.kill("SIGKILL");
  }

  #hear(news: FromWorker): void {
    if (news.kind === "refused") this.#isMeantToEnd = true;
    if (news.kind === "run" || news.kind === "skipped") this.#onNews(news);
    else if (news.kind === "saw") this.#onSeen(news.seen);
    else this.#answer(news);
  }

  #answer(answer: Answer): void {
    for (const wait of [...this.#waiting]) wait(answer);
  }

  /** Sends a message, and waits for one of its answers, or the end. */
  async #ask<Kind extends FromWorker["kind"]>(
    message: ToWorker,
    kinds: readonly Kind[],
  ): Promise<Extract<FromWorker, { kind: Kind }> | ExitedNews> {
    if (this.#hasExited || !this.#child.connected) return this.exited;
    const answered = new Promise<Extract<FromWorker, { kind: Kind }> | ExitedNews>((resolve) => {
      const isWanted = (answer: Answer): answer is Extract<FromWorker, { kind: Kind }> =>
        kinds.some((kind) => kind === answer.kind);
      const wait = (answer: Answer) => {
        if (answer.kind !== "exited" && !isWanted(answer)) return;
        this.#waiting.delete(wait);
        resolve(answer);
      };
      this.#waiting.add(wait);
    });
    // One that cannot be told is about to end.
    this.#child.send(message, () => {});
    return await answered;
  }
}
