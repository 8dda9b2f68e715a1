/** A signal that is aborted with the first of several, or by hand. To be released, since its sources may live long. */
export class Link {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #follow = () => {
    const source = this.#sources.find(({ aborted }) => aborted);
    if (source) this.#controller.abort(source.reason);
  };

  constructor(sources: readonly (AbortSignal | undefined)[]) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) source.addEventListener("abort", this.#follow);
    this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  /** What `work` settles with, unless the signal is aborted before: then it rejects with the signal's reason. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this;
    signal.throwIfAborted();
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop);
    });
    try {
      return await Promise.race([work(signal), aborted]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  release(): void {
    for (const source of this.#sources) source.removeEventListener("abort", this.#follow);
  }
}
