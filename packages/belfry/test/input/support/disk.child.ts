// Runs where it may mount: on a disk of 2 MiB, triggers until that is full, goes on once there is room again, and then
// tries to start on the same disk, mounted to be read only. Prints what it saw.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBelfry, defineTask, isBelfryError } from "../../../src/index.ts";

const [folder = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]);
const ballast = join(folder, "ballast");
writeFileSync(ballast, Buffer.alloc(256 * 1_024));

const store = `sqlite:${join(folder, "belfry.db")}`;
const tasks = [defineTask({ name: "bill", handler: () => {} })];
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const belfry = createBelfry({ store, tasks, logger: quiet });
await belfry.start();

const kept: string[] = [];
const codes = new Set<string>();
const codeOf = (error: unknown) => (isBelfryError(error) ? error.code : String(error));
const trigger = async (size: number) => {
  try {
    kept.push((await belfry.task("bill").run({ payload: "x".repeat(size), delay: "1h" })).trackingId);
  } catch (error) {
    codes.add(codeOf(error));
  }
};
while (codes.size === 0) await trigger(100_000);
const keptBefore = kept.length;
for (let i = 0; i < 3; i++) await trigger(200_000);
const keptWhileFull = kept.length - keptBefore;

rmSync(ballast);
const after = await belfry.task("bill").runAndWait({ payload: "small" });
const found = await Promise.all(kept.map((id) => belfry.task("bill").getTaskStatus(id)));
const listed = (await belfry.runs.list({ limit: 1_000 })).items.length;
await belfry.stop();

execFileSync("mount", ["-o", "remount,ro", folder]);
let readOnly = "it started";
try {
  await createBelfry({ store, tasks, logger: quiet }).start();
} catch (error) {
  readOnly = codeOf(error);
}
const statuses = [...new Set(found.map((record) => record?.status ?? "none"))];
process.stdout.write(
  JSON.stringify({
    keptBefore,
    keptWhileFull,
    codes: [...codes],
    after: after.status,
    statuses,
    kept: kept.length,
    listed,
    readOnly,
  }),
);
