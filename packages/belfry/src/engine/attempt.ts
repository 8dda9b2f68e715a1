import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { checkText } from "../base/options.ts";
import { fitText, textOf } from "../base/text.ts";
import { errorAsPlain } from "../run/failure.ts";
import { runKey } from "../run/record.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
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

  /** What the handler gets. */
  toRun(payload: unknown): Run<never> {
    return new HandlerRun(this, payload, (value, note) => this.#progress(value, note));
  }

  #progress(value: number, note?: string): void {
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
      throw new BelfryError("E_OPTION", { field: "progress", value, expected: "a number from 0 to 1" });
    }
    const text = checkText(note, "progress note", limits.progressNoteCharactersMax);
    this.#voice.progress(this.claimed, text === undefined ? { value } : { value, note: text });
  }
}

/**
 * What the handler gets. Its methods need no `this`, so that it can be taken apart. A class, since an object that is
 * written with getters of its own costs V8 a hidden class each time.
 */
class HandlerRun implements Run<never> {
  readonly payload: never;
  readonly signal: AbortSignal;
  readonly log: RunLog;
  readonly progress: Run["progress"];
  readonly trackingId: string;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly trigger: Run["trigger"];
  readonly scheduledFor: Date | undefined;
  readonly key: string;
  readonly #claimed: ClaimedRun;
  readonly #rules: TaskRules;

  constructor({ claimed, rules, controller, say }: Attempt, payload: unknown, progress: Run["progress"]) {
    this.payload = payload as never;
    this.signal = controller.signal;
    this.log = makeLog(say);
    this.progress = progress;
    this.trackingId = claimed.id;
    this.attempt = claimed.attempt;
    this.fencingToken = claimed.token;
    this.trigger = claimed.trigger;
    this.scheduledFor = toDate(claimed.scheduledFor);
    this.key = runKey(claimed);
    this.#claimed = claimed;
    this.#rules = rules;
  }

  get previousFiring(): Date | undefined {
    return toDate(scheduleOf(this.#claimed, this.#rules)?.previous(this.#anchor));
  }

  get nextFiring(): Date | undefined {
    return toDate(scheduleOf(this.#claimed, this.#rules)?.next(this.#anchor));
  }

  get #anchor(): number {
    return this.#claimed.scheduledFor ?? this.#claimed.triggeredAt;
  }
}

/**
 * The schedule that the run stands for, as it is now in the store or, where it is gone there, in this node's code. A run
 * by hand is placed between the firings of its task's first schedule.
 */
function scheduleOf({ scheduleKey, spec }: ClaimedRun, { schedules }: TaskRules): CompiledSchedule | undefined {
  if (spec !== undefined) return compiledOf(spec);
  const rule = scheduleKey === undefined ? schedules[0] : schedules.find(({ key }) => key === scheduleKey);
  return rule && compile(rule.spec);
}

/** Undefined where it cannot be read: a handler's question is no place to fail for that. */
function compiledOf(spec: string): CompiledSchedule | undefined {
  try {
    return compile(JSON.parse(spec) as ScheduleSpec);
  } catch {
    return undefined;
  }
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
