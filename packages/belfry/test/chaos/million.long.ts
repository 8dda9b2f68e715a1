import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Child, pause } from "./support/child.ts";
import { busyMs } from "./support/cost.ts";
import { cleanUp, testFolder } from "./support/folder.ts";

cleanUp();

const many = 1_000_000;
const few = 1_000;
const lookMs = 40_000;
const minutes = 60_000;

/** Puts so many schedules, and ends. */
async function fill(put: number): Promise<string> {
  const folder = testFolder();
  const filler = new Child("million", "filler", { folder, put, ticking: 0 });
  const { putMs, rss } = await filler.said("ready", { withinMs: 10 * minutes });
  await filler.stop();
  const bytes = statSync(join(folder, "belfry.db")).size;
  console.log(
    `${put} schedules put in ${(Number(putMs) / 1_000).toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB on disk; the process that put them had ${megabytes(rss)} MB`,
  );
  return folder;
}

/** What a process costs beside them: its share of a core, and its memory. */
async function costOf(folder: string, ticking: number): Promise<{ share: number; rss: number }> {
  const node = new Child("million", "node", { folder, put: 0, ticking });
  await node.said("ready", { withinMs: minutes });
  await pause(10_000);
  const before = busyMs(node.pid);
  await pause(lookMs);
  const share = (busyMs(node.pid) - before) / lookMs;
  node.tell({ do: "memory" });
  const { rss } = await node.said("memory");
  await node.stop();
  return { share, rss: Number(rss) };
}

function megabytes(bytes: unknown): string {
  return (Number(bytes) / 1e6).toFixed(0);
}

test("a million schedules on one file: idle they cost nothing, and those that are due cost what they cost among few", {
  timeout: 20 * minutes,
}, async () => {
  const [crowded, empty] = [await fill(many), await fill(few)];
  const idle = await costOf(crowded, 0);
  const amongMany = await costOf(crowded, 10);
  const amongFew = await costOf(empty, 10);
  const ratio = amongMany.share / amongFew.share;
  const percent = (share: number) => `${(100 * share).toFixed(2)} % of a core`;
  console.log(`idle beside ${many}: ${percent(idle.share)}, RSS ${megabytes(idle.rss)} MB`);
  console.log(
    `10 due every second among ${many}: ${percent(amongMany.share)}, RSS ${megabytes(amongMany.rss)} MB; among ${few}: ${percent(amongFew.share)}, RSS ${megabytes(amongFew.rss)} MB; ratio ${ratio.toFixed(2)}`,
  );
  expect(idle.share).toBeLessThan(0.01);
  expect(idle.rss).toBeLessThan(150e6);
  expect(ratio).toBeLessThan(1.5);
});
