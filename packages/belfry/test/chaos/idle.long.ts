import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child, pause } from "./support/child.ts";
import { busyMs, writtenBytes } from "./support/cost.ts";
import { cleanUp, testFolder } from "./support/folder.ts";

cleanUp();

const idleMs = 60_000;
const coreShareMax = 0.005;

/** What the file and its log look like from outside. */
function looks(folder: string): unknown {
  return ["belfry.db", "belfry.db-wal"].map((name) => {
    const file = join(folder, name);
    if (!existsSync(file)) return [name, "none"];
    const { size, mtimeMs } = statSync(file);
    return [name, size, mtimeMs];
  });
}

/** What the processes cost while nothing is asked of them. */
async function observe(nodes: readonly Child[], folder: string, ms: number) {
  const read = () => nodes.map(({ pid }) => ({ written: writtenBytes(pid), busy: busyMs(pid) }));
  const [before, looked] = [read(), looks(folder)];
  await pause(ms);
  const costs = read().map(({ written, busy }, index) => ({
    bytes: written - (before[index]?.written ?? 0),
    share: (busy - (before[index]?.busy ?? 0)) / ms,
  }));
  return { costs, looked, looksNow: looks(folder) };
}

async function start(folder: string, count: number, schedules: readonly string[]): Promise<Child[]> {
  const nodes = Array.from(Array(count).keys(), (index) => new Child("node", `node-${index}`, { folder, schedules }));
  await Promise.all(nodes.map((node) => node.said("ready")));
  // What starting brings with it is not idleness.
  await pause(5_000);
  return nodes;
}

for (const count of [1, 2]) {
  test(`idle, ${count} on the file, one schedule that is not due: no write in 60 s, under 0.5 % of a core each`, {
    timeout: 120_000,
  }, async () => {
    const folder = testFolder();
    const nodes = await start(folder, count, ["never"]);
    const { costs, looked, looksNow } = await observe(nodes, folder, idleMs);
    for (const { bytes, share } of costs) {
      console.log(`idle, ${count} on the file: ${bytes} bytes written, ${(100 * share).toFixed(3)} % of a core`);
    }
    expect(looksNow).toEqual(looked);
    expect(costs.map(({ bytes }) => bytes)).toEqual(costs.map(() => 0));
    expect(Math.max(...costs.map(({ share }) => share))).toBeLessThan(coreShareMax);
    await Promise.all(nodes.map((node) => node.stop()));
  });
}

test("what looks for writes sees those of a process that has something to do", { timeout: 60_000 }, async () => {
  const folder = testFolder();
  const nodes = await start(folder, 1, ["tick"]);
  const { costs, looked, looksNow } = await observe(nodes, folder, 5_000);
  expect(looksNow).not.toEqual(looked);
  expect(costs[0]?.bytes).toBeGreaterThan(0);
});
