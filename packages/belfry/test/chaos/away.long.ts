import { join } from "node:path";
import { expect, test } from "vitest";
import { judge } from "./check/judge.ts";
import { Child, pause, until } from "./support/child.ts";
import { cleanUp, testFolder } from "./support/folder.ts";
import { collect, type History } from "./support/history.ts";
import { ofKind, readJournals } from "./support/journal.ts";
import { rowsOf } from "./support/raw.ts";

cleanUp();

const awayMs = 15_000;
const schedules = ["tick"];

function unfinished(folder: string): number {
  const sql = "SELECT count(*) AS count FROM runs WHERE state < 4 AND trigger <> 0";
  return rowsOf<{ count: number }>(join(folder, "belfry.db"), sql)[0]?.count ?? 0;
}

async function startNodes(folder: string, names: readonly string[], options: object = {}): Promise<Child[]> {
  const nodes = names.map((name) => new Child("node", name, { folder, schedules, ...options }));
  await Promise.all(nodes.map((node) => node.said("ready")));
  return nodes;
}

/** Waits for the end of all runs by hand, stops the nodes and reads what happened. */
async function finish(
  folder: string,
  nodes: readonly Child[],
  ends: ReadonlyMap<string, number> = new Map(),
): Promise<History> {
  await until("all runs end", () => unfinished(folder) === 0, 60_000);
  const quietAt = Date.now() - 5_000;
  await Promise.all(nodes.map((node) => node.stop()));
  return collect({ folder, ends, quietAt, stoppedAt: Date.now() });
}

/** Every run by hand completed, by its first attempt, and no handler's signal was aborted. */
function expectHealthy({ runs, entries }: History): void {
  const attempts = [...runs.values()].filter(({ trigger }) => trigger === "manual").map((run) => run.attempts);
  expect(attempts.map((of) => of.map(({ outcome }) => outcome))).toEqual(attempts.map(() => ["completed"]));
  expect(ofKind(entries, "aborted")).toEqual([]);
}

test("a node whose loop is blocked for 15 s: no healthy run is killed, neither its own nor another's", {
  timeout: 120_000,
}, async () => {
  const folder = testFolder();
  const [blocked, other] = (await startNodes(folder, ["blocked", "other"])) as [Child, Child];
  for (const node of [blocked, other]) {
    node.tell({ do: "trigger", count: 5, payload: 25_000 });
    await node.said("acked", { count: 5 });
  }
  await until(
    "all sleep",
    () => ofKind(readJournals(folder), "start").filter(({ task }) => task === "sleeper").length === 10,
  );
  blocked.tell({ do: "trigger", task: "blocker", payload: awayMs });
  const history = await finish(folder, [blocked, other]);
  const [block] = ofKind(history.entries, "returned").filter(({ task }) => task === "blocker");
  const [start] = ofKind(history.entries, "start").filter(({ task }) => task === "blocker");
  expect((block?.at ?? 0) - (start?.at ?? 0)).toBeGreaterThanOrEqual(awayMs);
  expectHealthy(history);
  expect(judge(history)).toEqual([]);
});

test("a store that is away for 15 s: no healthy run is killed, and all that is acknowledged holds", {
  timeout: 120_000,
}, async () => {
  const folder = testFolder();
  const nodes = await startNodes(folder, ["one", "two"]);
  const client = new Child("node", "client", { folder, work: false });
  const holder = new Child("holder", "holder", { folder });
  await Promise.all([client.said("ready"), holder.said("ready")]);
  // Some end while it is away, some after.
  for (const node of nodes) {
    for (const payload of [2_000, 8_000, 25_000]) node.tell({ do: "trigger", count: 3, payload });
    await node.said("acked", { count: 9 });
  }
  await until(
    "all sleep",
    () => ofKind(readJournals(folder), "start").filter(({ task }) => task === "sleeper").length === 18,
  );
  holder.tell({ do: "hold" });
  const held = await holder.said("holds");
  for (let asked = 0; Date.now() < held.at + awayMs; asked++) {
    for (const caller of [...nodes, client]) if (asked % 5 === 0) caller.tell({ do: "trigger", payload: 50 });
    await pause(100);
  }
  expect([client.allSaid("acked"), client.allSaid("rejected")]).toEqual([[], []]);
  holder.tell({ do: "release" });
  const released = await holder.said("released");
  await client.said("acked");
  console.log(
    `away for ${released.at - held.at} ms; the first answer came ${(await client.said("acked")).at - released.at} ms after`,
  );
  await client.stop();
  const history = await finish(folder, nodes);
  expect(ofKind(history.entries, "rejected")).toEqual([]);
  expectHealthy(history);
  expect(judge(history)).toEqual([]);
});

test("a store that is away for longer than a call waits: what is rejected was not kept, the rest holds", {
  timeout: 180_000,
}, async () => {
  const folder = testFolder();
  const nodes = await startNodes(folder, ["one", "two"]);
  const holder = new Child("holder", "holder", { folder });
  await holder.said("ready");
  for (const node of nodes) node.tell({ do: "trigger", count: 3, payload: 10_000 });
  await Promise.all(nodes.map((node) => node.said("acked", { count: 3 })));
  holder.tell({ do: "hold" });
  const held = await holder.said("holds");
  for (const node of nodes) node.tell({ do: "trigger", count: 5, payload: 10 });
  await Promise.all(nodes.map((node) => node.said("rejected", { count: 5, withinMs: 45_000 })));
  const codes = nodes.flatMap((node) => node.allSaid("rejected").map(({ code }) => code));
  console.log(
    `after ${Date.now() - held.at} ms: ${codes.length} triggers rejected with ${[...new Set(codes)].join(", ")}`,
  );
  expect(new Set(codes)).toEqual(new Set(["E_STORE_BUSY"]));
  holder.tell({ do: "release" });
  await holder.said("released");
  for (const node of nodes) node.tell({ do: "trigger", count: 2, payload: 10 });
  await Promise.all(nodes.map((node) => node.said("acked", { count: 5 })));
  // For longer than a lease and a half nobody could say that he lives: then runs may change hands.
  const ends = new Map(nodes.map(({ name }) => [name, held.at + awayMs]));
  expect(judge(await finish(folder, nodes, ends))).toEqual([]);
});
