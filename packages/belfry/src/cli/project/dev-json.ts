import type { Clock } from "../../clock/clock.ts";
import { toIso } from "../../run/record.ts";
import type { Output } from "../output.ts";
import type { ExitedNews } from "./dev-process.ts";
import type { DevVoice, Reload } from "./dev-words.ts";
import type { LoadedNews, RunNews, SkippedNews } from "./messages.ts";
import { shownStore } from "./shown-store.ts";

/** Tells programs: a line of JSON for each thing that happens. */
export class DevJson implements DevVoice {
  readonly #output: Output;
  readonly #clock: Clock;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  run({ kind, at, ...news }: RunNews | SkippedNews): void {
    this.#line(at, kind, news);
  }

  greet({ tasks, problems, store, zoneWord }: LoadedNews, url: string): void {
    this.#say("serving", { url, store: shownStore(store), tasks, problems, zoneWord });
  }

  reload({ loaded: { tasks, problems, zoneWord }, changes, tookMs, stillRunning, url }: Reload): void {
    this.#say("reloaded", { changes, tasks, problems, zoneWord, tookMs, stillRunning, url });
  }

  refusal(message: string, runsOn: boolean): void {
    this.#say("refused", { message, runsOn });
  }

  crash({ code, signal }: ExitedNews): void {
    this.#say("crashed", { code, signal });
  }

  stopping(): void {
    this.#say("stopping", {});
  }

  #say(event: string, fields: object): void {
    this.#line(this.#clock.now(), event, fields);
  }

  #line(at: number, event: string, fields: object): void {
    this.#output.line(JSON.stringify({ at: toIso(at), event, ...fields }));
  }
}
