import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a request meets instead of an answer, or on its way back. */
export type Fault =
  /** The connection ends before, or after, the request did its work. */
  | "dropBefore"
  | "dropAfter"
  /** The answer ends in its middle. */
  | "cut"
  /** Nothing comes, for ever. */
  | "silent"
  /** An answer that is not the server's, or is none of its kind. */
  | { status: number; headers?: Record<string, string>; body?: string };

/** A request as it came in. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

const problem = "application/problem+json";

/** The answer of a server that refuses. */
export function refusal(status: number, code: string, detail: string, headers: Record<string, string> = {}): Fault {
  const body = JSON.stringify({ type: `urn:belfry:${code}`, title: "x", status, code, detail });
  return { status, headers: { "content-type": problem, ...headers }, body };
}

/** A web page, as proxies and log-in pages answer. */
export function page(status: number, headers: Record<string, string> = {}): Fault {
  return { status, headers: { "content-type": "text/html", ...headers }, body: "<h1>Hello</h1>" };
}

/** A server of our protocol as far as a client needs it, which fails when a test says so. */
export class FakeServer {
  readonly seen: Seen[] = [];
  /** What the next requests meet, each once, in turn. */
  readonly faults: Fault[] = [];
  /** Answers by `METHOD path`, before its own. */
  readonly answers = new Map<string, unknown>();
  /** Every run that was made, by its tracking id. */
  readonly runs = new Map<string, Record<string, unknown>>();
  readonly #byKey = new Map<string, string>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; again on the same port after `close()`. */
  async listen(): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Ends a run. */
  end(trackingId: string, status: "completed" | "errors", result?: unknown): void {
    const run = this.runs.get(trackingId);
    this.runs.set(trackingId, { ...run, status, completedAt: "2022-03-20T23:00:54.966Z", result });
  }

  /** The key that a run was asked for under. */
  keyOf(trackingId: string): string {
    const [path = ""] = [...this.#byKey].find(([, id]) => id === trackingId) ?? [];
    return path.slice(path.indexOf("/") + 1);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    this.seen.push(seen);
    const fault = this.faults.shift();
    if (fault === "silent") return;
    if (fault === "dropBefore") return void request.socket.destroy();
    if (typeof fault === "object") return void response.writeHead(fault.status, fault.headers).end(fault.body);
    const [status, value] = this.#answer(seen);
    if (fault === "dropAfter") return void request.socket.destroy();
    const answer = JSON.stringify(value);
    const type = status < 400 ? "application/json" : problem;
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(answer) });
    if (fault === "cut") response.write(answer.slice(0, 10), () => request.socket.destroy());
    else response.end(answer);
  }

  #answer({ method, path, headers, body }: Seen): [number, unknown] {
    const given = this.answers.get(`${method} ${path}`);
    if (given !== undefined) return [200, given];
    const [, task] = /^\/v1\/tasks\/([^/]+)\/runs$/.exec(path) ?? [];
    if (method === "POST" && task !== undefined) {
      return [201, this.#trigger(decodeURIComponent(task), String(headers["idempotency-key"]))];
    }
    if (method === "POST" && path === "/v1/runs") {
      const { runs } = body as { runs: { task: string; idempotencyKey: string }[] };
      const items = runs.map(({ task, idempotencyKey }) => ({ status: 201, run: this.#trigger(task, idempotencyKey) }));
      return [200, { items }];
    }
    const run = this.runs.get(/^\/v1\/(?:tasks\/[^/]+\/)?runs\/([0-9a-f]+)$/.exec(path)?.[1] ?? "");
    if (method === "GET" && run) return [200, run];
    return [404, { code: "E_RUN_UNKNOWN", detail: `there is no run at ${path}` }];
  }

  #trigger(task: string, key: string): Record<string, unknown> {
    const known = this.#byKey.get(`${task}/${key}`);
    if (known !== undefined) return this.runs.get(known) ?? {};
    const trackingId = (this.runs.size + 1).toString(16).padStart(24, "0");
    const run = {
      trackingId,
      cronJobId: "6237b1f17c2a9625f0b2119e",
      cronJobName: task,
      triggeredAt: "2022-03-20T23:00:53.966Z",
      status: "pending",
    };
    this.runs.set(trackingId, run);
    this.#byKey.set(`${task}/${key}`, trackingId);
    return run;
  }
}

/** A listening one, closed after the test. */
export async function startFake(): Promise<FakeServer> {
  const fake = new FakeServer();
  onTestFinished(() => fake.close());
  return fake.listen();
}

/** A port where nothing listens. */
export async function deadUrl(): Promise<string> {
  const fake = await new FakeServer().listen();
  await fake.close();
  return fake.url;
}
