import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child, pause } from "../chaos/support/child.ts";
import { cleanUp, testFolder } from "../chaos/support/folder.ts";
import { damageOf, rowsOf } from "../chaos/support/raw.ts";

cleanUp();

const readers = 1_000;
const idleWanted = 10_000;
const idlePerProcess = 2_500;
const triggers = 2_000;
const callers = 10;
/** What the runtime keeps by itself: compiled code, pools, the store's caches. */
const heapMarginBytes = 8 * 2 ** 20;
/** The system's allocator keeps what it once had, so the first crowd is paid for; the second may cost no more. */
const rssMarginBytes = 64 * 2 ** 20;
const mebibytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 10) / 10;

/** Every connection is an open file of the server's; a machine that allows fewer gets fewer, and says so. */
function idleAllowed(): number {
  const limit = execFileSync("sh", ["-c", "ulimit -Hn"]).toString().trim();
  const allowed = limit === "unlimited" ? idleWanted : Number(limit) - readers - 1_000;
  const idle = Math.min(idleWanted, Math.floor(allowed / idlePerProcess) * idlePerProcess);
  console.log(`open files allowed: ${limit}; idle connections: ${idle}`);
  return idle;
}

interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

class LoadServer {
  readonly child: Child;
  readonly folder = testFolder();
  #port = 0;
  #measured = 0;

  constructor(options: object = {}) {
    this.child = new Child("../http/load-server", "server", { folder: this.folder, ...options });
  }

  async ready(): Promise<this> {
    this.#port = Number((await this.child.said("ready")).port);
    return this;
  }

  get port(): number {
    return this.#port;
  }

  async trigger(task: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/v1/tasks/${task}/runs`, { method: "POST" });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { trackingId: string }).trackingId;
  }

  /** So many runs, each acknowledged; answers when all have ended. */
  async runAll(count: number): Promise<string[]> {
    const ids: string[] = [];
    let asked = 0;
    const caller = async () => {
      while (asked++ < count) ids.push(await this.trigger("noop"));
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await this.ended();
    return ids;
  }

  /** Resolves when nothing is left to run. */
  async ended(): Promise<void> {
    const open = () => rowsOf(join(this.folder, "belfry.db"), "SELECT 1 FROM runs WHERE completed_at IS NULL LIMIT 1");
    while (open().length > 0) await pause(50);
  }

  async memory(): Promise<Memory> {
    this.child.tell({ do: "measure" });
    this.#measured += 1;
    return (await this.child.said("memory", { count: this.#measured })) as unknown as Memory;
  }

  async close(): Promise<void> {
    this.child.tell({ do: "close" });
    await this.child.said("closed");
    await this.child.ended();
  }
}

/** Clients in processes of their own, so that none comes near its limit of open files. */
class Crowd {
  readonly #children: Child[] = [];

  async openIdle(port: number, count: number): Promise<void> {
    const processes = Math.ceil(count / idlePerProcess);
    const options = { port, count: count / processes };
    await this.#open(Array.from({ length: processes }, () => new Child("../http/load-idle", "idle", options)));
  }

  async openReaders(port: number, path: string, count: number): Promise<void> {
    await this.#open([new Child("../http/load-readers", "readers", { port, path, count })]);
  }

  async count(): Promise<{ [key: string]: unknown }[]> {
    return this.#ask("count", "counted");
  }

  async leave(): Promise<void> {
    await this.#ask("leave", "left");
    await Promise.all(this.#children.map((child) => child.ended()));
  }

  async #open(children: Child[]): Promise<void> {
    this.#children.push(...children);
    await Promise.all(children.map((child) => child.said("open", { withinMs: 120_000 })));
  }

  async #ask(command: string, answer: string) {
    const count = (child: Child) => child.allSaid(answer).length + 1;
    return Promise.all(
      this.#children.map((child) => {
        const nth = count(child);
        child.tell({ do: command });
        return child.said(answer, { count: nth, withinMs: 60_000 });
      }),
    );
  }
}

/** All of it once: readers of events, readers of a log, idle connections, and runs meanwhile. */
async function round(server: LoadServer, size: { readers: number; idle: number; triggers: number }) {
  const [idle, events, lines] = [new Crowd(), new Crowd(), new Crowd()];
  await idle.openIdle(server.port, size.idle);
  await events.openReaders(server.port, "/v1/events", size.readers / 2);
  const talk = await server.trigger("talk");
  await lines.openReaders(server.port, `/v1/runs/${talk}/logs`, size.readers / 2);
  const startedAt = Date.now();
  const ids = await server.runAll(size.triggers);
  const ms = Date.now() - startedAt;
  // A start and an end of each run, and of the one that talks.
  const told = async () => (await events.count()).every(({ least }) => Number(least) >= 2 * size.triggers + 2);
  while (!(await told())) await pause(200);
  while (!(await lines.count()).every(({ ended }) => ended === size.readers / 2)) await pause(200);
  const [open, heard, read] = [await idle.count(), await events.count(), await lines.count()];
  const loaded = await server.memory();
  for (const crowd of [idle, events, lines]) await crowd.leave();
  return { ids, ms, open, heard, read, loaded };
}

const warmUp = { readers: 100, idle: 500, triggers: 1_500 };

test("1,000 readers of streams and 10,000 idle connections: triggers go on, all is told, memory is back to before", {
  timeout: 900_000,
}, async () => {
  const size = { readers, idle: idleAllowed(), triggers };
  const server = await new LoadServer().ready();
  await round(server, warmUp);
  const before = await server.memory();
  const first = await round(server, size);
  const between = await server.memory();
  const second = await round(server, size);
  const after = await server.memory();

  const file = join(server.folder, "belfry.db");
  const ended = new Set(rowsOf<{ id: string }>(file, "SELECT id FROM runs WHERE state = 4").map(({ id }) => id));
  for (const { ids, open, heard, read } of [first, second]) {
    expect(new Set(ids).size).toBe(triggers);
    expect(ids.filter((id) => !ended.has(id))).toEqual([]);
    expect(open.reduce((sum, child) => sum + Number(child.open), 0)).toBe(size.idle);
    expect([heard[0]?.gaps, read[0]?.gaps]).toEqual([0, 0]);
    expect(read[0]).toMatchObject({ ended: readers / 2, least: 50, most: 50 });
  }
  const points = [before, first.loaded, between, second.loaded, after];
  console.log(
    JSON.stringify({
      ...size,
      triggersPerSecond: [first, second].map(({ ms }) => Math.round((triggers / ms) * 1_000)),
      cutAndCameBack: [first, second].map(({ heard }) => heard[0]?.cut),
      heapMebibytes: points.map(({ heapUsed }) => mebibytes(heapUsed)),
      rssMebibytes: points.map(({ rss }) => mebibytes(rss)),
    }),
  );
  for (const { heapUsed } of [between, after]) expect(heapUsed - before.heapUsed).toBeLessThan(heapMarginBytes);
  expect(after.rss - between.rss).toBeLessThan(rssMarginBytes);
  await server.close();
  expect(damageOf(file)).toEqual([]);
});

test("what looks at the memory sees what every run leaves behind", { timeout: 300_000 }, async () => {
  const server = await new LoadServer({ leakBytes: 16 * 1_024 }).ready();
  await server.runAll(200);
  const before = await server.memory();
  await server.runAll(1_000);
  expect((await server.memory()).heapUsed - before.heapUsed).toBeGreaterThan(heapMarginBytes);
  await server.close();
});
