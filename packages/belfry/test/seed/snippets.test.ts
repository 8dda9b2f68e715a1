import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { freshFolder } from "./support/host.ts";
import { exampleResponse, snippet } from "./support/page.ts";
import { makePast } from "./support/past.ts";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const imports = 'import { agnost } from "@agnost/server";\n\n';
const codeOf = (name: string) => readFileSync(fromHere(`../../../../examples/seed/${name}`), "utf8");

/**
 * Runs a snippet in a project where `@agnost/server` is an installed copy of the built package, under an app that uses
 * the other, linked one: as an alias does it.
 */
async function runSnippet(project: string, name: string, exported: string, work: "work" | "read") {
  const alias = join(project, "node_modules/@agnost/server");
  if (!existsSync(fromHere("../../dist/index.js")))
    throw new Error("the package is not built: run `npm run build` first");
  mkdirSync(alias, { recursive: true });
  for (const part of ["package.json", "dist"])
    cpSync(fromHere(`../../${part}`), join(alias, part), { recursive: true });
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(join(project, name), `${codeOf(name)}export { ${exported} };\n`);
  const url = pathToFileURL(join(project, name)).href;
  const args = [fromHere("./support/snippet.child.ts"), `sqlite:${join(project, "belfry.db")}`, url, exported, work];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project });
  return JSON.parse(stdout) as { answer: Record<string, string>; handledId?: string };
}

describe("the example files are the page's snippets, word for word, after one line that imports", () => {
  test("run-task.ts", () => expect(codeOf("run-task.ts")).toBe(imports + snippet(0)));
  test("get-task-status.ts", () => expect(codeOf("get-task-status.ts")).toBe(imports + snippet(1)));
});

describe("the snippets run, with only the import aliased", () => {
  test("const result = await agnost.task(taskName).run();", async () => {
    const { answer, handledId } = await runSnippet(freshFolder(), "run-task.ts", "result", "work");
    expect(Object.keys(answer)).toEqual(Object.keys(exampleResponse(0)));
    expect(answer).toEqual({
      trackingId: handledId,
      cronJobId: expect.stringMatching(/^[0-9a-f]{24}$/),
      cronJobName: "billOnDemand",
      triggeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      status: "pending",
    });
  });

  test("const retult = await agnost.task(taskName).getTaskStatus(trackingId);", async () => {
    const project = freshFolder();
    const { belfry } = await makePast(join(project, "belfry.db"));
    await belfry.stop();
    const { answer } = await runSnippet(project, "get-task-status.ts", "retult", "read");
    expect(Object.entries(answer)).toEqual(Object.entries(exampleResponse(1)));
  });
});
