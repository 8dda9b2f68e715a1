import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, sized, weigh, workFolder } from "./support/pack.ts";
import { readPage, tourOf, tourPrints } from "./support/pages.ts";
import { type Ended, run, runWell } from "./support/run.ts";
import { bringToolchain, notRun, type Toolchain } from "./support/tools.ts";

const { work, remove } = workFolder();
const nodes = ["22.23", "24", "26"];
const npms = ["10", "11"];
let tarball = "";

beforeAll(async () => {
  ({ tarball } = await pack(work));
}, 120_000);

afterAll(remove);

/** An empty project, with these files. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const all = { "package.json": JSON.stringify({ name: "app", version: "1.0.0" }), ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text);
  return folder;
}

const npm = (tools: Toolchain, cwd: string, ...args: string[]) =>
  runWell(join(String(tools.env.PATH), "npm"), args, { cwd, env: tools.env });
const node = (tools: Toolchain, cwd: string, ...args: string[]) =>
  run(join(String(tools.env.PATH), "node"), args, { cwd, env: tools.env });

/** Installs the tarball, and says how long that took and what came with it. */
async function install(tools: Toolchain, folder: string): Promise<void> {
  const startedAt = performance.now();
  await npm(tools, folder, "install", tarball);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const { bytes, packages } = weigh(join(folder, "node_modules"));
  console.log(`installed in ${seconds} s: ${packages} packages, ${sized(bytes)} in node_modules`);
}

const said = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr });

for (const nodeVersion of nodes) {
  for (const npmVersion of npms) {
    const name = `Node ${nodeVersion} with npm ${npmVersion}`;

    test(`${name}: npm install, and again npm ci; the README's tour runs; require works`, {
      timeout: 300_000,
    }, async () => {
      const tools = await bringToolchain(work, nodeVersion, npmVersion);
      if (!tools) return notRun(name);
      console.log(`Node ${tools.node}, npm ${tools.npm}`);
      const folder = project("tour", { "tour.mjs": tourOf(readPage("README.md")) });
      const tour = async () => {
        const ended = await node(tools, folder, "tour.mjs");
        expect(said(ended)).toEqual({ code: 0, stdout: expect.stringMatching(tourPrints), stderr: "" });
      };
      await install(tools, folder);
      await tour();
      const help = await runWell(join(String(tools.env.PATH), "npx"), ["belfry", "--help"], {
        cwd: folder,
        env: tools.env,
      });
      expect(help.stdout).toMatch(/^Usage: belfry /m);
      rmSync(join(folder, "node_modules"), { recursive: true });
      await npm(tools, folder, "ci");
      await tour();
      const text =
        "const { createBelfry, defineTask, agnost } = require('belfry'); console.log(typeof createBelfry, typeof defineTask, typeof agnost)";
      const required = await node(tools, folder, "-e", text);
      expect(said(required)).toEqual({ code: 0, stdout: "function function object\n", stderr: "" });
    });
  }

  test(`Node ${nodeVersion}: an app of the original runs, with only its import aliased`, {
    timeout: 300_000,
  }, async () => {
    const tools = await bringToolchain(work, nodeVersion, "11");
    if (!tools) return notRun(`Node ${nodeVersion} with the alias`);
    const manifest = { name: "app", version: "1.0.0", dependencies: { "@agnost/server": `file:${tarball}` } };
    const folder = project("alias", {
      "package.json": JSON.stringify(manifest),
      "app.mjs": originalApp,
      "run-task.mjs": `${readPage("examples/seed/run-task.ts")}\nexport { result };\n`,
      "get-task-status.mjs": `${readPage("examples/seed/get-task-status.ts")}\nexport { retult };\n`,
    });
    await npm(tools, folder, "install");
    const ended = await node(tools, folder, "app.mjs");
    expect(said(ended)).toEqual({ code: 0, stdout: expect.stringMatching(/^\{.*\}\n\{.*\}\n$/), stderr: "" });
    const [result, status] = ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    const five = ["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"];
    expect(Object.keys(result ?? {})).toEqual(five);
    expect(Object.keys(status ?? {})).toEqual([...five, "startedAt", "completedAt"]);
    expect([result?.status, status?.status, status?.trackingId]).toEqual(["pending", "completed", result?.trackingId]);
  });
}

/** Starts an engine, runs the two snippets of the page, the second for the first one's run, and prints what they hold. */
const originalApp = `import { readFileSync, writeFileSync } from "node:fs";
import { createBelfry, defineTask } from "@agnost/server";

const billOnDemand = defineTask({ name: "billOnDemand", handler: async () => {} });
const belfry = createBelfry({ store: "sqlite:app.db", tasks: [billOnDemand] });
await belfry.start();
const { result } = await import("./run-task.mjs");
console.log(JSON.stringify(result));
const ask = () => belfry.task("billOnDemand").getTaskStatus(result.trackingId);
while ((await ask())?.status !== "completed");
const snippet = readFileSync("get-task-status.mjs", "utf8");
writeFileSync("get-task-status.mjs", snippet.replace(/[0-9a-f]{24}/, result.trackingId));
const { retult } = await import("./get-task-status.mjs");
console.log(JSON.stringify(retult));
await belfry.stop();
`;

test("on Node 20 one line says what is needed", { timeout: 300_000 }, async () => {
  const tools = await bringToolchain(work, "20", "10");
  if (!tools) return notRun("Node 20");
  const folder = project("old", {
    "tour.mjs": tourOf(readPage("README.md")),
    "catch.mjs": 'await import("belfry").catch(({ code, message }) => console.log(code, message));',
    "require.cjs": 'try { require("belfry"); } catch ({ code, message }) { console.log(code, message); }',
  });
  await install(tools, folder);
  const line = `Belfry needs Node.js 22.23 or newer; this is "${tools.node}"`;
  for (const file of ["catch.mjs", "require.cjs"]) {
    expect(said(await node(tools, folder, file))).toEqual({ code: 0, stdout: `E_NODE_VERSION ${line}\n`, stderr: "" });
  }
  const command = await node(tools, folder, "node_modules/belfry/dist/cli/main.js", "--help");
  expect(said(command)).toEqual({ code: 3, stdout: "", stderr: `belfry: ${line}\n` });
  const ended = await node(tools, folder, "tour.mjs");
  console.log(ended.stderr);
  expect([ended.code, ended.stdout]).toEqual([1, ""]);
  expect(ended.stderr.split("\n").filter((text) => text.includes("Belfry"))).toHaveLength(1);
  expect(ended.stderr).toContain(line);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
});
