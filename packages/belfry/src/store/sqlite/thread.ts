import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import { fromWireError, unavailable, unknownOutcome, type WireError } from "./failures.ts";
import type { CallOptions, CallTuple, FromThread, ThreadData, ThreadOptions, ToThread } from "./messages.ts";
import type { VerbTable } from "./verbs.ts";
import { ClaimantPacker } from "./wire.ts";

/** How much may be at the thread at once, in rows: the group that is being committed, and the next one. */
const weightAtThreadMax = 2 * limits.callsPerCommitMax;
/** A thread that died is started again so often at most. */
const restartMs = 1_000;

interface Pending extends CallOptions {
  readonly id: number;
  readonly verb: string;
  readonly args: unknown;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * The near side of one of the store's threads. Calls made in one turn of the event loop travel in one message. A
 * thread that died is started again by the next call, once a second at most.
 */
export class StoreThread<Table extends VerbTable> {
  readonly #options: ThreadOptions;
  readonly #atThread = new Map<number, Pending>();
  #queue: Pending[] = [];
  #weightAtThread = 0;
  #lastId = 0;
  #worker: Worker | undefined;
  #isOpen = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  /** Why the last thread ended. */
  #cause: WireError = unavailable("its thread ended");
  #packer = new ClaimantPacker();
  #isScheduled = false;
  #watches = false;
  #isClosing = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** Calls a verb on the thread. */
  call<V extends keyof Table & string>(
    verb: V,
    args: Parameters<Table[V]>[1],
    options?: CallOptions,
  ): Promise<ReturnType<Table[V]>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isClosing) return reject(fromWireError(unavailable("it is closed")));
      const pending: Pending = { ...options, id: ++this.#lastId, verb, args, resolve, reject };
      if (pending.urgent) this.#queue.unshift(pending);
      else this.#queue.push(pending);
      this.#schedule();
    }) as Promise<ReturnType<Table[V]>>;
  }

  /** Says whether to look for what others commit. */
  watch(on: boolean): void {
    this.#watches = on;
    if (this.#isOpen) this.#post({ watch: on });
  }

  /** Takes no further call. */
  shut(): void {
    this.#isClosing = true;
  }

  /** Waits for the calls under way, and ends the thread. */
  async close(): Promise<void> {
    this.shut();
    while (this.#atThread.size > 0 || this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      this.#post({ close: true });
    });
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /** Sends what waits, as far as the thread has room. */
  #flush(): void {
    if (this.#queue.length > 0 && !this.#worker && !this.#start()) return this.#rejectQueue(this.#cause);
    if (!this.#isOpen) return;
    const calls: CallTuple[] = [];
    for (const { id, verb, args, by, urgent, weight = 1 } of this.#queue) {
      const isFull = this.#weightAtThread > 0 && this.#weightAtThread + weight > weightAtThreadMax;
      if (isFull && !urgent) break;
      this.#weightAtThread += weight;
      calls.push([id, verb, weight, args, by && this.#packer.pack(by)]);
    }
    if (calls.length === 0) return;
    for (const pending of this.#queue.splice(0, calls.length)) this.#atThread.set(pending.id, pending);
    this.#post({ calls, now: this.#options.sendsTime ? this.#options.clock.now() : undefined });
    this.#worker?.ref();
  }

  /** Starts the thread; false where the last one was started too short a time ago. */
  #start(): boolean {
    const { name, clock, file, migrate } = this.#options;
    if (clock.mono() - this.#startedAt < restartMs) return false;
    this.#startedAt = clock.mono();
    this.#packer = new ClaimantPacker();
    // The code lies beside this file in the same form as it: as source, or as what was built of it.
    const code = new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url);
    // The host's own flags (loaders, input types) are not for this thread.
    const worker = new Worker(code, {
      name: `belfry-${name}`,
      workerData: { file, migrate } satisfies ThreadData,
      execArgv: [],
    });
    this.#worker = worker;
    worker.on("message", (message: FromThread) => this.#receive(message));
    worker.on("error", (error) => {
      this.#cause = unavailable(String(error));
    });
    worker.on("exit", () => this.#onExit());
    return true;
  }

  #receive(message: FromThread): void {
    if ("answers" in message) this.#settle(message.answers);
    else if ("changed" in message) this.#options.onChanged();
    else if ("refused" in message) {
      this.#cause = message.refused;
      this.#rejectQueue(message.refused);
    } else {
      this.#isOpen = true;
      if (this.#watches) this.watch(true);
      this.#flush();
    }
  }

  #settle(answers: Extract<FromThread, { answers: unknown }>["answers"]): void {
    for (const [id, answer, error] of answers) {
      const pending = this.#atThread.get(id);
      if (!pending) continue;
      this.#atThread.delete(id);
      this.#weightAtThread -= pending.weight ?? 1;
      if (error) pending.reject(this.#toError(error, pending));
      else pending.resolve(answer);
    }
    this.#flush();
    this.#checkIdle();
  }

  #toError(error: WireError, { ids }: Pending): BelfryError {
    return fromWireError(error.code === "E_OUTCOME_UNKNOWN" ? unknownOutcome(ids?.()) : error);
  }

  #onExit(): void {
    const wasOpen = this.#isOpen;
    this.#worker = undefined;
    this.#isOpen = false;
    this.#weightAtThread = 0;
    const cause = unavailable("its thread ended");
    for (const pending of this.#atThread.values())
      pending.reject(this.#toError(pending.reads ? cause : unknownOutcome(), pending));
    this.#atThread.clear();
    if (wasOpen) this.#schedule();
    else this.#rejectQueue(this.#cause);
    this.#checkIdle();
  }

  #rejectQueue(error: WireError): void {
    for (const pending of this.#queue.splice(0)) pending.reject(fromWireError(error));
    this.#checkIdle();
  }

  /** A thread without calls does not keep the process alive. */
  #checkIdle(): void {
    if (this.#atThread.size > 0 || this.#queue.length > 0) return;
    this.#worker?.unref();
    this.#whenIdle?.();
  }
}
