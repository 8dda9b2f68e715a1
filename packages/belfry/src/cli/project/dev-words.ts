import { counted } from "../../base/text.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Output } from "../output.ts";
import type { ExitedNews } from "./dev-process.ts";
import { clockTime, runLine, shortDuration, skippedLine } from "./lines.ts";
import type { LoadedNews, RunNews, SkippedNews } from "./messages.ts";
import { shownStore } from "./shown-store.ts";
import type { Change } from "./watcher.ts";

const changesShown = 3;
const tasksShown = 10;

/** What happens under `belfry dev`, for whoever tells it. */
export interface DevVoice {
  run(news: RunNews | SkippedNews): void;
  /** The first start. `flags` is what commands need to find this project from where the user is. */
  greet(loaded: LoadedNews, url: string, flags: string): void;
  reload(reload: Reload): void;
  /** The project cannot be loaded or served as it is. */
  refusal(message: string, runsOn: boolean): void;
  crash(news: ExitedNews): void;
  stopping(): void;
}

/** A process in the place of another. */
export interface Reload {
  readonly loaded: LoadedNews;
  readonly changes: readonly Change[];
  readonly tookMs: number;
  /** How many runs go on in the process before. */
  readonly stillRunning: number;
  /** Where it serves, where that is new. */
  readonly url?: string;
}

/** Tells people. */
export class DevWords implements DevVoice {
  readonly #output: Output;
  readonly #clock: Clock;
  #zoneWord: string | undefined;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  run(news: RunNews | SkippedNews): void {
    this.#output.line(news.kind === "run" ? runLine(news, this.#output) : skippedLine(news, this.#output));
  }

  greet(loaded: LoadedNews, url: string, flags: string): void {
    const { tasks, store } = loaded;
    const line = (text: string) => this.#output.line(text);
    line(
      `${this.#output.style("bold", "Belfry")} serves ${this.#output.style("cyan", url)} and keeps everything in ${shownStore(store)}`,
    );
    this.#say(taskList(tasks));
    this.#project(loaded);
    const first = tasks.find((name) => !name.includes(" ")) ?? (tasks[0] === undefined ? "<task>" : `"${tasks[0]}"`);
    line("\nTo try, in another terminal:");
    for (const command of [`run ${first} --wait --logs`, "runs", "tasks"]) line(`  npx belfry ${command}${flags}`);
    line("Files are watched. Ctrl-C ends.\n");
  }

  reload({ loaded, changes, tookMs, stillRunning, url }: Reload): void {
    const shown = changes.slice(0, changesShown).map(({ file, what }) => `${file} ${what}`);
    const more = changes.length > changesShown ? [`${changes.length - changesShown} more`] : [];
    const runs = stillRunning === 0 ? "" : `; ${counted(stillRunning, "run")} on the old code to the end`;
    const why = [...shown, ...more].join(", ");
    const what = `${this.#output.style("cyan", "reloaded")} in ${shortDuration(tookMs)}: ${why}`;
    this.#say(`${what}; ${taskList(loaded.tasks)}${url === undefined ? "" : `; serves ${url} now`}${runs}`);
    this.#project(loaded);
  }

  refusal(message: string, runsOn: boolean): void {
    this.#warn(message);
    this.#warn(`${runsOn ? "the tasks run on as they were" : "nothing runs"} until a file changes`);
  }

  crash({ code, signal }: ExitedNews): void {
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    this.#warn(`the process of the tasks ended ${how}; it starts again when a file changes`);
  }

  stopping(): void {
    this.#say("stopping: what runs may end; Ctrl-C again ends it at once");
  }

  #project({ problems, zoneWord }: LoadedNews): void {
    for (const problem of problems) this.#warn(`left out: ${problem}`);
    if (zoneWord !== undefined && zoneWord !== this.#zoneWord) this.#warn(zoneWord);
    this.#zoneWord = zoneWord;
  }

  #say(text: string): void {
    this.#output.line(`${this.#output.style("dim", clockTime(this.#clock.now()))}  ${text}`);
  }

  #warn(text: string): void {
    this.#say(this.#output.style("yellow", text));
  }
}

function taskList(tasks: readonly string[]): string {
  if (tasks.length === 0) return "no tasks yet (`npx belfry init` writes a first one)";
  const more = tasks.length > tasksShown ? ` and ${tasks.length - tasksShown} more` : "";
  return `${counted(tasks.length, "task")}: ${tasks.slice(0, tasksShown).join(", ")}${more}`;
}
