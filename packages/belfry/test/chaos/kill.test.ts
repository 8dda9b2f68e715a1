import { join } from "node:path";
import { expect, test } from "vitest";
import { Child, until } from "./support/child.ts";
import { cleanUp, testFolder } from "./support/folder.ts";
import { openStore } from "./support/history.ts";
import { ofKind, readJournals } from "./support/journal.ts";
import { damageOf } from "./support/raw.ts";

cleanUp();

const runsCount = 10;
/** The promise: a dead process's runs start again within this of a new one being ready, where its death is proved. */
const startsWithinMs = 2_000;

/** Has a process run what sleeps for two seconds, kills it in the middle, and answers what it was running. */
async function killSleeping(folder: string): Promise<{ ids: string[]; killedAt: number }> {
  const first = new Child("node", "first", { folder });
  await first.said("ready");
  first.tell({ do: "trigger", task: "sleeper", count: runsCount, payload: 2_000 });
  await first.said("acked", { count: runsCount });
  await until("all sleep", () => ofKind(readJournals(folder), "start").length === runsCount);
  const killedAt = Date.now();
  await first.kill();
  return { ids: first.allSaid("acked").map(({ id }) => String(id)), killedAt };
}

/** The runs, once all have ended. */
async function endOf(folder: string, ids: readonly string[]) {
  const store = await openStore(folder);
  try {
    await until("all end", async () => (await store.runs.get(ids)).every((run) => run?.completedAt !== undefined));
    return (await store.runs.get(ids)).flatMap((run) => run ?? []);
  } finally {
    await store.close();
  }
}

/** Each run was lost once, completed by its second attempt, and that one started within two seconds of `from`. */
function expectSecondAttempts(runs: Awaited<ReturnType<typeof endOf>>, from: number, what: string): void {
  expect(runs.map(({ state, attempts }) => [state, ...attempts.map(({ outcome }) => outcome)])).toEqual(
    Array(runsCount).fill(["completed", "lost", "completed"]),
  );
  const waits = runs.map(({ attempts }) => (attempts[1]?.startedAt ?? Number.POSITIVE_INFINITY) - from);
  console.log(`second attempts started ${Math.min(...waits)} to ${Math.max(...waits)} ms after ${what}`);
  expect(Math.max(...waits)).toBeLessThanOrEqual(startsWithinMs);
}

test("after a kill -9 while ten runs sleep, all ten complete, started again within two seconds of the restart", {
  timeout: 60_000,
}, async () => {
  const folder = testFolder();
  const { ids } = await killSleeping(folder);
  const second = new Child("node", "second", { folder });
  const ready = await second.said("ready");
  expectSecondAttempts(await endOf(folder, ids), ready.at, "the new process was ready");
  await second.stop();
  expect(damageOf(join(folder, "belfry.db"))).toEqual([]);
});

test("a process that lives takes over from a killed one within two seconds", { timeout: 60_000 }, async () => {
  const folder = testFolder();
  const second = new Child("node", "second", { folder });
  await second.said("ready");
  const { ids, killedAt } = await killSleeping(folder);
  expectSecondAttempts(await endOf(folder, ids), killedAt, "the kill");
  await second.stop();
});
