import { formatDuration } from "../base/duration.ts";
import { BelfryError, type ErrorCode, isBelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { type Fields, hide, interpret, lostBy, type Outcome, type Received } from "./answer.ts";
import { fitsHeader } from "./key.ts";
import { Link } from "./link.ts";
import type { ClientSettings } from "./options.ts";
import { isPassing, mayHaveHappened, retryWaitMs, triesMax } from "./retry.ts";

/** A request. */
export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** After the server's URL, from its slash on; encoded. */
  readonly path: string;
  /** A field that every answer to it has. */
  readonly field: string;
  /** What an answer means, where that is not itself. Must not throw. */
  readonly read?: (answer: Fields) => Outcome;
  /** JSON text. */
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** For what changes something: sent again under the same key. */
  readonly write?: {
    /** Sent as a header where one can carry it; else it is in the body. */
    readonly idempotencyKey: string;
    /** `the trigger of task "bill"`: what may have happened when no answer comes. */
    readonly what: string;
    /** How to learn whether it has. */
    readonly advice: string;
    /** What this refusal means after a try that may have arrived: that one has done it, and this is the answer. */
    readonly done?: { readonly code: ErrorCode; readonly answer: Fields };
    /** The server does it once for each time it comes: not sent again once it may have arrived. */
    readonly isOnce?: true;
  };
}

/** A try gets a third of the whole time, so that one lost answer is not the end; but not less than this. */
const tryMsMin = 5_000;

/** The way to one server: asks, tries again, and says what became of it. */
export class Connection {
  readonly clock: Clock;
  readonly #settings: ClientSettings;
  readonly #isGuess: boolean;

  /** `isGuess`: nobody said that there is a server; where none listens that is told at once. */
  constructor(settings: ClientSettings, clock: Clock, isGuess: boolean) {
    this.#settings = settings;
    this.clock = clock;
    this.#isGuess = isGuess;
  }

  /**
   * The server's answer. Rejects with its error; with E_UNREACHABLE where none answers; with E_OUTCOME_UNKNOWN where
   * a write may have happened all the same; and with the reason of a signal that is aborted.
   */
  async ask<Answer>(request: Request): Promise<Answer> {
    const stop = new Link([this.#settings.signal, request.signal]);
    try {
      return (await this.#ask(request, stop)) as Answer;
    } finally {
      stop.release();
    }
  }

  /** Waits; rejects with the reason of a signal that is aborted. */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = new Link([this.#settings.signal, signal]);
    await sleep(this.clock, ms, stop.signal);
    stop.release();
    stop.signal.throwIfAborted();
  }

  /** The error for what is no answer of a Belfry server. */
  #unreachable(detail: string, options?: { cause?: unknown }): BelfryError {
    return new BelfryError("E_UNREACHABLE", { url: this.#settings.url, detail }, options);
  }

  async #ask(request: Request, stop: Link): Promise<unknown> {
    const { clock } = this;
    const endsAt = clock.mono() + this.#settings.timeoutMs;
    let isUnsure = false;
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(request, stop.signal, endsAt - clock.mono());
      if (outcome.kind === "answer") return outcome.value;
      const { done, isOnce } = request.write ?? {};
      if (done && isUnsure && outcome.kind === "refused" && outcome.error.code === done.code) return done.answer;
      isUnsure ||= mayHaveHappened(outcome);
      const isNobody = this.#isGuess && outcome.kind === "lost" && !outcome.wasSent;
      const isLast = tries >= triesMax || isNobody || (isUnsure && isOnce === true);
      const waitMs = isLast ? undefined : retryWaitMs(outcome, tries, clock.now(), clock.random());
      // A wait that no try can follow would only keep the caller.
      if (waitMs === undefined || clock.mono() + waitMs >= endsAt) throw this.#failure(request, outcome, isUnsure);
      await sleep(clock, waitMs, stop.signal);
    }
  }

  async #try(request: Request, stop: AbortSignal, leftMs: number): Promise<Outcome> {
    const waitMs = Math.min(leftMs, Math.max(tryMsMin, this.#settings.timeoutMs / 3));
    const link = new Link([stop]);
    const cancel = this.clock.after(waitMs, () => link.abort());
    try {
      const outcome = interpret(await link.during((signal) => this.#send(request, signal)), request.field);
      return outcome.kind === "answer" && request.read ? request.read(outcome.value) : outcome;
    } catch (error) {
      stop.throwIfAborted();
      if (!link.signal.aborted) return lostBy(error, this.#settings.apiKey);
      return { kind: "lost", detail: `it did not answer within ${formatDuration(waitMs)}`, wasSent: true };
    } finally {
      cancel();
      link.release();
    }
  }

  async #send({ method, path, body, write }: Request, signal: AbortSignal): Promise<Received> {
    const { url, apiKey, fetch } = this.#settings;
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
    if (write && fitsHeader(write.idempotencyKey)) headers["idempotency-key"] = write.idempotencyKey;
    // A redirect would carry the key, and the request, to wherever it leads.
    const response = await fetch(url + path, { method, headers, body, signal, redirect: "manual" });
    const header = (name: string) => hide(response.headers.get(name) ?? "", apiKey);
    return {
      status: response.status,
      type: header("content-type"),
      text: await response.text(),
      location: header("location"),
      retryAfter: header("retry-after"),
    };
  }

  #failure({ write }: Request, outcome: Exclude<Outcome, { kind: "answer" }>, isUnsure: boolean): BelfryError {
    const isFinal = outcome.kind === "refused" && !isPassing(outcome.status);
    if (outcome.kind === "refused" && (isFinal || !isUnsure)) return outcome.error;
    const cause = outcome.kind === "refused" ? outcome.error : outcome.kind === "lost" ? outcome.cause : undefined;
    const options = cause === undefined ? {} : { cause };
    const detail = outcome.kind === "refused" ? outcome.error.message : outcome.detail;
    const { url } = this.#settings;
    if (!write || !isUnsure) return this.#unreachable(detail, options);
    const { what, advice, idempotencyKey } = write;
    const message = `the server at ${url} did not say whether ${what} was kept (${detail}); ${advice}`;
    // Of a server that does not know itself: also the tracking id to ask for.
    const told = isBelfryError(cause, "E_OUTCOME_UNKNOWN") ? cause.fields : {};
    return BelfryError.received("E_OUTCOME_UNKNOWN", message, { fields: { ...told, url, idempotencyKey }, ...options });
  }
}

/** Whether an error says that the server is away for now, so that asking later may be answered. */
export function isAway(error: unknown): boolean {
  return isBelfryError(error) && isPassing(error.status);
}
