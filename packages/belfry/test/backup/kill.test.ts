import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { between, chance, seed } from "../chaos/support/chance.ts";
import { Child, pause } from "../chaos/support/child.ts";
import { cleanUp, testFolder } from "../chaos/support/folder.ts";
import { damageOf, openRaw } from "../chaos/support/raw.ts";
import { backup, fill, restore } from "./kit.ts";

cleanUp();

const kills = 10;

/** How many runs the store has, for one who opens it as an engine does: what was cut short is rolled back. */
function count(file: string): number {
  const database = openRaw(file);
  const { runs } = database.prepare("SELECT count(*) AS runs FROM runs").get() as { runs: number };
  database.close();
  return runs;
}

/** Kills a process that is at this work, some time after its beginning; answers whether it was done before. */
async function killAt(work: "backup" | "restore", store: string, file: string, afterMs: number): Promise<boolean> {
  const child = new Child("../backup/copier", work, { work, store: `sqlite:${store}`, file });
  await child.said("begins");
  await pause(afterMs);
  await child.kill();
  expect(child.allSaid("refused")).toEqual([]);
  return child.allSaid("done").length > 0;
}

/** How long the work takes when nobody kills it, in milliseconds. */
async function timeOf(work: "backup" | "restore", store: string, file: string): Promise<number> {
  const child = new Child("../backup/copier", work, { work, store: `sqlite:${store}`, file });
  const { ms } = await child.said("done");
  await child.ended();
  return Number(ms);
}

test(`a backup that is killed at a random moment leaves no file of its name, or a whole one (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const random = chance(seed);
  const file = join(testFolder(), "belfry.db");
  fill(file, 10_000);
  const wholeMs = await timeOf("backup", file, `${file}.first`);
  let done = 0;
  for (let kill = 0; kill < kills; kill++) {
    const copy = `${file}.${kill}`;
    if (await killAt("backup", file, copy, between(random, 0, 1.2 * wholeMs))) done += 1;
    if (existsSync(copy)) expect([count(copy), damageOf(copy)]).toEqual([10_000, []]);
    expect([count(file), damageOf(file)]).toEqual([10_000, []]);
  }
  console.log(`${kills} backups killed within ${Math.round(wholeMs)} ms, ${done} after their end`);
  await backup(file, `${file}.last`);
});

test(`a restore that is killed at a random moment leaves the old store or the new one, whole (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const random = chance(seed + 1);
  const folder = testFolder();
  const [file, copy] = [join(folder, "belfry.db"), join(folder, "copy.db")];
  fill(copy, 10_000);
  fill(file, 2_000);
  const spare = join(folder, "spare.db");
  await backup(file, spare);
  const wholeMs = await timeOf("restore", file, copy);
  await restore(spare, file);
  let done = 0;
  for (let kill = 0; kill < kills; kill++) {
    await killAt("restore", file, copy, between(random, wholeMs / 2, 1.2 * wholeMs));
    const found = count(file);
    expect([2_000, 10_000]).toContain(found);
    expect(damageOf(file)).toEqual([]);
    if (found === 2_000) continue;
    done += 1;
    await restore(spare, file);
  }
  console.log(`${kills} restores killed within ${Math.round(wholeMs)} ms, ${done} after the new store stood`);
  await restore(copy, file);
  expect(count(file)).toBe(10_000);
  for (const name of readdirSync(folder).filter((one) => /before-restore-\d+$/.test(one)))
    expect(damageOf(join(folder, name)), name).toEqual([]);
});
