import fc from "fast-check";
import { expect } from "vitest";
import { errorTable } from "../../../src/base/errors.ts";
import type { TestApp } from "./app.ts";
import { type Shot, shots } from "./fuzz.ts";

/** What would show the inside: a stack trace, a source file, SQL. */
const inside = /\n\s+at |node_modules|\.[cm]?[jt]s:\d|SELECT |INSERT /;

/** Sends an app requests of every kind; what is not answered as it should be throws. */
export class Fuzzer {
  /** How often each outcome came: `ok`, or a code. */
  readonly outcomes = new Map<string, number>();
  sent = 0;
  readonly #app: TestApp;
  readonly #made = { runs: 0, keys: 0 };

  constructor(app: TestApp) {
    this.#app = app;
  }

  /** Sends so many, and then looks whether there is just what was answered to be made. `ids` are runs that are there. */
  async fire(numRuns: number, ids: readonly string[], authorization: string): Promise<void> {
    const before = await count(this.#app);
    const property = fc.asyncProperty(shots(ids, authorization), (shot) => this.#shoot(shot));
    await fc.assert(property, { numRuns, endOnFailure: true });
    const after = await count(this.#app);
    expect({ runs: after.runs - before.runs, keys: after.keys - before.keys }).toEqual(this.#made);
  }

  async #shoot(shot: Shot): Promise<void> {
    const init = toInit(shot);
    if (!init) return;
    this.sent += 1;
    const response = await this.#app.ask(shot.path, init);
    expect(response.status).toBeLessThan(500);
    const type = response.headers.get("content-type") ?? "";
    if (type === "text/event-stream") return response.body?.cancel();
    const text = await response.text();
    expect(text).not.toMatch(inside);
    if (response.ok) {
      this.#note("ok");
      const isReplay = response.headers.has("idempotent-replayed");
      if (type === "application/json" && text !== "" && !isReplay)
        this.#countMade(shot, response.status, JSON.parse(text));
      return;
    }
    expect(type).toBe("application/problem+json");
    if (init.method === "HEAD") return;
    const { code, status } = JSON.parse(text) as { code: keyof typeof errorTable; status: number };
    expect([errorTable[code]?.status, status]).toEqual([response.status, response.status]);
    this.#note(code);
  }

  #note(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** What an answer says that was made. */
  #countMade({ path, method }: Shot, status: number, body: { items?: { run?: object; replayed?: true }[] }): void {
    if (status === 201 && method === "POST" && !path.includes("/backfill")) {
      this.#made[path.startsWith("/v1/keys") ? "keys" : "runs"] += 1;
    } else if (method === "POST")
      this.#made.runs += (body.items ?? []).filter(({ run, replayed }) => run && !replayed).length;
  }
}

/** The request, or undefined for what the Fetch API itself refuses to send. */
function toInit({ method, path, headers, body }: Shot): RequestInit | undefined {
  try {
    const all = new Headers();
    for (const [name, value] of headers) all.set(name, value);
    const init = { method, headers: all, body: method === "GET" || method === "HEAD" ? undefined : body };
    new Request(`http://localhost${path}`, init);
    return init;
  } catch {
    return undefined;
  }
}

async function count({ engine }: TestApp): Promise<{ runs: number; keys: number }> {
  let runs = 0;
  let cursor: string | undefined;
  do {
    const page = await engine.runs.list({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    runs += page.items.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { runs, keys: (await engine.keys.list()).length };
}
