import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { billOnDemand, freshFolder } from "../seed/support/host.ts";
import { runScript, startServer } from "./support/server.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const source = pathToFileURL(join(root, "packages/belfry/src/index.ts")).href;

/** The app of the original in a folder of its own, where `@agnost/server` is Belfry, as the alias installs it. */
function appFolder(): string {
  const folder = freshFolder();
  const alias = join(folder, "node_modules/@agnost/server");
  mkdirSync(alias, { recursive: true });
  writeFileSync(join(alias, "package.json"), JSON.stringify({ type: "module", exports: "./index.js" }));
  writeFileSync(join(alias, "index.js"), `export * from ${JSON.stringify(source)};\n`);
  return folder;
}

/** Runs a snippet of the page there, and answers what its variable held. */
async function runSnippet(
  name: string,
  variable: string,
  url: string,
  trackingId?: string,
  key = "",
): Promise<unknown> {
  const snippet = readFileSync(join(root, "examples/seed", name), "utf8");
  const text = trackingId === undefined ? snippet : snippet.replace(/[0-9a-f]{24}/, trackingId);
  const script = join(appFolder(), "snippet.mjs");
  writeFileSync(script, `${text}\nconsole.log(JSON.stringify(${variable}));\n`);
  return JSON.parse(await runScript(script, { BELFRY_URL: url, BELFRY_API_KEY: key }));
}

describe("the page's two snippets, from a second process by the alias of the original's import", () => {
  let served: Awaited<ReturnType<typeof startServer>>;
  beforeEach(async () => {
    served = await startServer([billOnDemand().task]);
  });

  test("trigger the task on the server, and read its status", async () => {
    const { url, engine } = served;
    const result = (await runSnippet("run-task.ts", "result", url)) as { trackingId: string };
    expect(Object.keys(result)).toEqual(["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"]);
    const handle = engine.task("billOnDemand");
    await vi.waitUntil(async () => (await handle.getTaskStatus(result.trackingId))?.status === "completed");
    const status = await runSnippet("get-task-status.ts", "retult", url, result.trackingId);
    expect(status).toEqual(await handle.getTaskStatus(result.trackingId));
    expect(Object.keys(status as object)).toEqual([...Object.keys(result), "startedAt", "completedAt"]);
  });

  test("with the key of the environment, once there is one; without, refused", async () => {
    const { url, engine } = served;
    const { secret } = await engine.keys.create({ name: "app", scope: "trigger" });
    await expect(runSnippet("run-task.ts", "result", url)).rejects.toThrow(/E_KEY_REQUIRED/);
    expect(await runSnippet("run-task.ts", "result", url, undefined, secret)).toMatchObject({ status: "pending" });
  });
});
