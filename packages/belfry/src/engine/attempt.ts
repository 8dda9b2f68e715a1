import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { checkText } from "../base/options.ts";
import { fitText, textOf } from "../base/text.ts";
import { errorAsPlain } from "../run/failure.ts";
import { runKey } from "../run/record.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { LogLevel, LogLine } from "../store/logs.ts";
import type { ClaimedRun } from "../store/store.ts";
import type { TaskRules } from "../task/parse.ts";
import type { Run, RunLog } from "../task/run.ts";

/** Why an attempt's signal was aborted. */
export type AbortCause = "timeout" | "cancel" | "lost" | "stop";

/** Where an attempt's words go. */
export interface Voice {
  now(): number;
  say(run: ClaimedRun, line: LogLine): void;
  progress(run: ClaimedRun, progress: { value: number; note?: string }): void;
}

/** One attempt that this node has under way, and what the executor knows of it. */
export class Attempt {
  readonly claimed: ClaimedRun;
  readonly rules: TaskRules;
  readonly controller = new AbortController();
  /** Set once its signal is aborted. */
  abortCause: AbortCause | undefined;
  /** Why its cancelling was asked for. */
  cancelReason: string | undefined;
  /** Its handler ignored the signal past the grace: its end is written, its slot still taken. */
  abandoned = false;
  /** Ends its timers. */
  readonly cancelTimers: (() => void)[] = [];
  readonly #voice: Voice;
  #linesSaid = 0;

  constructor(claimed: ClaimedRun, rules: TaskRules, voice: Voice) {
    this.claimed = claimed;
    this.rules = rules;
    this.#voice = voice;
  }

  /** Writes a line, cut to what is kept. Beyond a run's bound one more is sent, so that the store knows that lines are missing. */
  readonly say = (level: LogLevel, message: unknown, data?: unknown): void => {
    if (this.#linesSaid > limits.logLinesPerRunMax) return;
    this.#linesSaid += 1;
    const text = fitText(textOf(message), limits.logMessageCharactersMax);
    const line = { at: this.#voice.now(), attempt: this.claimed.attempt, level, message: text };
    this.#voice.say(this.claimed, data === undefined ? line : { ...line, data: dataText(data) });
  };

  /** What the handler gets. Its methods need no `this`, so that it can be taken apart. */
  toRun(payload: unknown): Run<never> {
    const { claimed, controller, say } = this;
    let log: RunLog | undefined;
    const schedule = scheduleOf(claimed, this.rules);
    const anchor = claimed.scheduledFor ?? claimed.triggeredAt;
    return {
      payload: payload as never,
      signal: controller.signal,
      get log() {
        log ??= makeLog(say);
        return log;
      },
      progress: (value, note) => this.#progress(value, note),
      trackingId: claimed.id,
      attempt: claimed.attempt,
      fencingToken: claimed.token,
      trigger: claimed.trigger,
      scheduledFor: toDate(claimed.scheduledFor),
      get previousFiring() {
        return toDate(schedule()?.previous(anchor));
      },
      get nextFiring() {
        return toDate(schedule()?.next(anchor));
      },
      key: runKey(claimed),
    };
  }

  #progress(value: number, note?: string): void {
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
      throw new BelfryError("E_OPTION", { field: "progress", value, expected: "a number from 0 to 1" });
    }
    const text = checkText(note, "progress note", limits.progressNoteCharactersMax);
    this.#voice.progress(this.claimed, text === undefined ? { value } : { value, note: text });
  }
}

/** A run by hand is placed between the firings of its task's first schedule. */
function scheduleOf({ scheduleKey }: ClaimedRun, { schedules }: TaskRules): () => CompiledSchedule | undefined {
  return () => {
    const rule = scheduleKey === undefined ? schedules[0] : schedules.find(({ key }) => key === scheduleKey);
    return rule && compile(rule.spec);
  };
}

function makeLog(say: Attempt["say"]): RunLog {
  const at = (level: LogLevel) => (message: string, data?: unknown) => say(level, message, data);
  const levels = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return Object.assign(at("info"), levels);
}

function toDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

function dataText(data: unknown): string {
  const encoded = encodeJson(data, limits.logDataBytesMax, errorAsPlain);
  return "text" in encoded ? encoded.text : JSON.stringify(`(not kept: data${encoded.path} ${encoded.problem})`);
}
