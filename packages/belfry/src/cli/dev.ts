import { resolve } from "node:path";
import { BelfryError } from "../base/errors.ts";
import type { ProjectFlags } from "./config.ts";
import type { CliContext } from "./context.ts";
import { Output } from "./output.ts";
import { DevJson } from "./project/dev-json.ts";
import { DevProcess } from "./project/dev-process.ts";
import { type DevVoice, DevWords } from "./project/dev-words.ts";
import type { RefusedNews } from "./project/messages.ts";
import { type Change, ProjectWatcher } from "./project/watcher.ts";

/**
 * `belfry dev`: runs a project's tasks in a process of their own, and puts another one in its place when a file
 * changes. What runs then ends on the old code; whatever starts after that runs on the new. A process that ends by
 * itself is started again by the next change, and not before.
 */
export class Dev {
  readonly #context: CliContext;
  readonly #flags: ProjectFlags;
  readonly #folder: string;
  readonly #words: DevVoice;
  readonly #watcher: ProjectWatcher;
  readonly #ending = new AbortController();
  /** Every process that is there: the one that serves, one that loads, and those that end what they run. */
  readonly #processes = new Set<DevProcess>();
  #serving: DevProcess | undefined;
  /** Where it serves, or did last. */
  #url: string | undefined;
  #failure: BelfryError | undefined;
  #exit = 0;

  constructor(context: CliContext, flags: ProjectFlags & { json?: boolean }, folder: string) {
    this.#context = context;
    this.#flags = { ...flags, dir: folder };
    this.#folder = folder;
    const output = new Output(context, flags.json === true);
    this.#words = output.isJson ? new DevJson(output, context.clock) : new DevWords(output, context.clock);
    const tasksDir = flags.tasksDir === undefined ? resolve(folder, "tasks") : resolve(context.cwd, flags.tasksDir);
    this.#watcher = new ProjectWatcher(folder, tasksDir, context.clock);
  }

  /** Runs until it is told to end; answers the exit code once every process is gone. Rejects what keeps it from a first start. */
  async run(): Promise<number> {
    const offs = (["SIGINT", "SIGTERM"] as const).map((signal) => this.#context.onSignal(signal, () => this.#end()));
    try {
      let changes: readonly Change[] = [];
      while (!this.#ending.signal.aborted) {
        this.#watcher.mark();
        changes = (await this.#replace(changes)) ?? (await this.#watcher.changed(this.#ending.signal));
      }
    } finally {
      // Also where something threw: no process stays behind.
      if (!this.#ending.signal.aborted) this.#letGo();
      this.#watcher.close();
      await Promise.all([...this.#processes].map((one) => one.exited));
      for (const off of offs) off();
    }
    if (this.#failure) throw this.#failure;
    return this.#exit;
  }

  /** Puts a new process in the place of the one that serves. Answers what changed while it loaded. */
  async #replace(changes: readonly Change[]): Promise<readonly Change[] | undefined> {
    const startedMs = this.#context.clock.mono();
    const next = this.#spawn();
    const loaded = await this.#load(next);
    if (!("kind" in loaded)) return loaded;
    if (loaded.kind === "exited") return undefined;
    this.#watcher.adopt(loaded.seen, loaded.kind === "loaded" ? loaded.tasksDir : undefined);
    if (loaded.kind === "refused") return this.#refused(loaded);
    const before = this.#serving;
    const stillRunning = (await before?.retire()) ?? 0;
    if (this.#ending.signal.aborted) return undefined;
    this.#serving = next;
    const served = await next.go(this.#url);
    if (served.kind === "exited") return undefined;
    if (served.kind === "refused") return this.#refused(served);
    const tookMs = this.#context.clock.mono() - startedMs;
    if (this.#url === undefined)
      this.#words.greet(loaded, served.url, this.#context.cwd === this.#folder ? "" : ` --url ${served.url}`);
    else
      this.#words.reload({
        loaded,
        changes,
        tookMs,
        stillRunning,
        url: served.url === this.#url ? undefined : served.url,
      });
    this.#url = served.url;
    return undefined;
  }

  /** Loads the project in a new process; gives that up for changes that come meanwhile, and answers those. */
  async #load(next: DevProcess) {
    const over = new AbortController();
    const loading = next.load({ cwd: this.#context.cwd, flags: this.#flags });
    const newer = this.#watcher.changed(AbortSignal.any([over.signal, this.#ending.signal]));
    const answer = await Promise.race([loading, newer]);
    over.abort();
    if (!("kind" in answer)) next.kill();
    return answer;
  }

  #spawn(): DevProcess {
    const { clock, environment } = this.#context;
    const one = new DevProcess({
      folder: this.#folder,
      clock,
      environment: { ...environment },
      onNews: (news) => this.#words.run(news),
      onSeen: (seen) => {
        // What one that was replaced still loads is not what the next one has.
        if (one === this.#serving) this.#watcher.adopt(seen);
      },
    });
    this.#processes.add(one);
    void one.exited.then((news) => {
      this.#processes.delete(one);
      if (!one.isMeantToEnd && !this.#ending.signal.aborted) this.#words.crash(news);
    });
    return one;
  }

  /** What no edit can mend ends a first start, with its exit code; else the next change is waited for. */
  #refused({ code, message }: RefusedNews): undefined {
    if (this.#url !== undefined || code === "E_CONFIG") {
      this.#words.refusal(message, this.#serving?.isAlive === true && !this.#serving.isMeantToEnd);
      return undefined;
    }
    this.#failure = BelfryError.received(code, message);
    this.#ending.abort();
    return undefined;
  }

  /** Nothing more is begun, and every process may end what it runs. */
  #letGo(): void {
    this.#ending.abort();
    for (const one of this.#processes) void one.retire();
  }

  /** The first time everything may end what it runs; the second time it ends at once. */
  #end(): void {
    if (!this.#ending.signal.aborted) {
      this.#letGo();
      this.#words.stopping();
      return;
    }
    for (const one of this.#processes) one.kill();
    this.#exit = 1;
  }
}
