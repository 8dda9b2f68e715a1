import { join } from "node:path";
import { systemClock } from "../../../src/clock/system.ts";
import { deployTasks } from "../../../src/engine/deploy.ts";
import { between, chance } from "../support/chance.ts";
import { Child, pause, until } from "../support/child.ts";
import { type Driven, openStore } from "../support/history.ts";
import { rowsOf } from "../support/raw.ts";
import { loadTasks } from "./tasks.ts";

/** How a storm is made. */
export interface StormOptions {
  readonly folder: string;
  readonly seed: number;
  readonly kills: number;
  /** The longest time between two kills, in milliseconds. */
  readonly betweenMsMax: number;
  /** How long the client waits between its bursts, on average, in milliseconds. */
  readonly everyMs: number;
}

const lease = "2s";
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Two workers, a client and a watcher on one file. Each of the first three is killed at random moments and started again. */
export async function storm(options: StormOptions): Promise<Driven & { kills: Record<string, number> }> {
  const { folder, seed, kills, betweenMsMax, everyMs } = options;
  const random = chance(seed);
  const madeAt = await deploy(folder);
  const ends = new Map<string, number>();
  const counts: Record<string, number> = {};
  let started = 0;
  const start = (role: string) => {
    started += 1;
    const script = role === "client" ? "load/client" : "load/worker";
    return new Child(script, `${role}-${started}`, { folder, lease, seed: seed + started, everyMs });
  };
  const watcher = new Child("load/watcher", "watcher", { folder });
  const roles = ["one", "two", "client"];
  const running = new Map(roles.map((role) => [role, start(role)]));
  await Promise.all([...running.values()].map((child) => child.said("ready")));

  for (let killed = 0; killed < kills; killed++) {
    await pause(between(random, 0, betweenMsMax / 2));
    for (const child of [watcher, ...running.values()])
      if (child.hasDied) throw new Error(`${child.name} died: ${child.errors}`);
    const dice = random();
    const role = dice < 0.45 ? "one" : dice < 0.9 ? "two" : "client";
    const victim = running.get(role) as Child;
    // Some die while they start, most at work.
    if (random() < 0.8) {
      await victim.said("ready");
      await pause(between(random, 0, betweenMsMax));
    }
    ends.set(victim.name, Date.now());
    await victim.kill();
    counts[role] = (counts[role] ?? 0) + 1;
    running.set(role, start(role));
  }

  await (running.get("client") as Child).said("ready");
  await (running.get("client") as Child).stop();
  const quietAt = Date.now();
  await until("all runs made so far end", () => countUnfinished(folder, quietAt) === 0, 120_000);
  await Promise.all(["one", "two"].map((role) => running.get(role)?.stop()));
  const stoppedAt = Date.now();
  await watcher.stop();
  return { folder, ends, quietAt, stoppedAt, madeAt, kills: counts };
}

/** Applies the definitions before any node runs, so that it is known when each schedule was made. */
async function deploy(folder: string): Promise<Map<number, number>> {
  const store = await openStore(folder);
  await deployTasks(
    store,
    systemClock,
    silent,
    { app: "default" },
    loadTasks(() => {}).map(({ rules }) => rules),
  );
  const rows = await store.schedules.list({ limit: 1_000 });
  await store.close();
  return new Map(rows.map(({ id, cursor }) => [id, cursor]));
}

function countUnfinished(folder: string, upTo: number): number {
  const sql = "SELECT count(*) AS count FROM runs WHERE state < 4 AND triggered_at <= ?";
  return rowsOf<{ count: number }>(join(folder, "belfry.db"), sql, upTo)[0]?.count ?? 0;
}
