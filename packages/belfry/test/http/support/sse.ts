import { onTestFinished } from "vitest";

/** A Server-Sent Event as it came; `data` is its JSON. */
export interface Heard {
  readonly event: string;
  readonly id?: string;
  readonly data: unknown;
}

/** Reads a stream of Server-Sent Events, at the pace of the test. */
export class SseReader {
  readonly heard: Heard[] = [];
  readonly comments: string[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #next = 0;
  /** Whether the stream has ended. */
  hasEnded = false;

  constructor(response: Response) {
    if (!response.body) throw new Error(`there is no body; status ${response.status}`);
    this.#reader = response.body.getReader();
    onTestFinished(() => this.leave());
  }

  /** The next event. Rejects when the stream ends before. */
  async next(): Promise<Heard> {
    while (this.heard.length <= this.#next && !this.hasEnded) await this.read();
    const found = this.heard[this.#next];
    if (!found) throw new Error(`the stream ended after ${JSON.stringify(this.heard)}`);
    this.#next += 1;
    return found;
  }

  /** The next event of this name; passes over others. */
  async nextOf(event: string): Promise<Heard> {
    for (;;) {
      const heard = await this.next();
      if (heard.event === event) return heard;
    }
  }

  /** Reads one piece. */
  async read(): Promise<void> {
    const { done, value } = await this.#reader.read();
    this.hasEnded = done;
    this.#rest += this.#decoder.decode(value, { stream: !done });
    const blocks = this.#rest.split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#take(block);
  }

  /** All that comes until the stream ends. */
  async all(): Promise<Heard[]> {
    while (!this.hasEnded) await this.read();
    return this.heard;
  }

  /** Hangs up. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const at = line.indexOf(": ");
      fields.set(line.slice(0, at), line.slice(at + 2));
    }
    const [event, id, comment] = [fields.get("event"), fields.get("id"), fields.get("")];
    if (comment !== undefined) this.comments.push(comment);
    if (event === undefined) return;
    const data = JSON.parse(fields.get("data") ?? "null") as unknown;
    this.heard.push(id === undefined ? { event, data } : { event, id, data });
  }
}
