import { Agent, get } from "node:http";
import { onCommand, optionsOf, say } from "../chaos/support/inside.ts";

// So many readers of one stream of Server-Sent Events. As a browser does, each comes back where it was cut off.

interface ReadersOptions {
  readonly port: number;
  readonly path: string;
  readonly count: number;
}

const { port, path, count } = optionsOf<ReadersOptions>();
const agent = new Agent({ maxSockets: count, keepAlive: false });
const totals = { open: 0, cut: 0, gaps: 0, ended: 0 };

/** The number in an event's id, or of a line. */
const numberOf = (id: string) => Number(id.slice(id.indexOf("-") + 1));

class Reader {
  #lastId = "";
  #rest = "";
  heard = 0;
  #hasEnded = false;

  open(): void {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.#lastId) headers["last-event-id"] = this.#lastId;
    const request = get({ port, path, agent, headers, host: "127.0.0.1" }, (response) => {
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
      totals.open += 1;
      response.setEncoding("utf8");
      response.on("data", (text: string) => this.#take(text));
      response.on("error", () => {});
      response.once("close", () => {
        totals.open -= 1;
        if (this.#hasEnded || isLeaving) return;
        totals.cut += 1;
        this.#rest = "";
        this.open();
      });
    });
    request.once("error", (error) => {
      if (!isLeaving) throw error;
    });
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const id = /^id: (.+)$/m.exec(block)?.[1];
      if (block.startsWith("event: end")) {
        this.#hasEnded = true;
        totals.ended += 1;
      }
      if (id === undefined) continue;
      if (this.#lastId && numberOf(id) !== numberOf(this.#lastId) + 1) totals.gaps += 1;
      this.#lastId = id;
      this.heard += 1;
    }
  }
}

let isLeaving = false;
const readers = Array.from({ length: count }, () => new Reader());
for (const reader of readers) reader.open();
const waiting = setInterval(() => {
  if (totals.open < count) return;
  clearInterval(waiting);
  say("open");
}, 20);
onCommand((command) => {
  if (command.do === "count") {
    const heard = readers.map((reader) => reader.heard);
    say("counted", { ...totals, least: Math.min(...heard), most: Math.max(...heard) });
  }
  if (command.do === "leave") {
    isLeaving = true;
    agent.destroy();
    say("left");
    process.exit(0);
  }
});
