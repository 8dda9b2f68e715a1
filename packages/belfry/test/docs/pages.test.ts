import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPage, root, tourOf, tourPrints } from "../package/support/pages.ts";
import { run } from "../package/support/run.ts";
import { type Block, blocksOf, placeOf } from "./support/blocks.ts";
import { play, write } from "./support/play.ts";
import { type Step, storyOf } from "./support/story.ts";
import { checkTypes, openWorkshop, type Workshop } from "./support/workshop.ts";
import { linked, unrun } from "./unrun.ts";

// Every block of these pages is run, or read as what it is; those that are not are listed in unrun.ts.

const guide = globSync("docs/guide/*.md", { cwd: root }).sort();
const pages = ["README.md", ...guide, "docs/cookbook.md", "docs/migration.md"];

const isListed = ({ page, text }: Block) => unrun.some((one) => one.page === page && text.startsWith(one.starts));
const stories = pages.map((page) => ({ page, steps: storyOf(blocksOf(page, readPage(page)), isListed) }));
const nameOf = (page: string) => page.replaceAll("/", "-").replace(".md", "");

let workshop: Workshop;
let typeErrors: string[];

beforeAll(async () => {
  workshop = await openWorkshop();
  const files = stories.flatMap(({ page, steps }) => {
    const folder = join(workshop.folder, "types", nameOf(page));
    return steps.map((step) => write(folder, step)).filter((file) => /\.(ts|js|mjs)$/.test(file ?? ""));
  });
  typeErrors = await checkTypes(
    workshop.folder,
    files.filter((file) => file !== undefined),
  );
}, 180_000);

afterAll(() => workshop.remove());

describe.each(stories)("$page", ({ page, steps }) => {
  test("compiles", () => {
    expect(typeErrors.filter((line) => line.startsWith(`types/${nameOf(page)}/`))).toEqual([]);
  });

  test("does what it says, block by block", { timeout: 300_000 }, async () => {
    await play(workshop, nameOf(page), steps);
  });
});

test("the compiler has nothing else to say", () => {
  expect(typeErrors.filter((line) => !line.startsWith("types/"))).toEqual([]);
});

test("the README's tour, word for word, prints what the README says", { timeout: 60_000 }, async () => {
  const { folder: cwd, env } = workshop;
  writeFileSync(join(cwd, "tour.mjs"), tourOf(readPage("README.md")));
  const { code, stdout, stderr } = await run(process.execPath, ["tour.mjs"], { cwd, env });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(tourPrints), stderr: "" });
});

describe("what is not run", () => {
  const steps = stories.flatMap((story): readonly Step[] => story.steps);

  test("is what is listed, each once, with its reason", () => {
    const found = steps.flatMap(({ kind, block }) => (kind === "unrun" ? [placeOf(block)] : []));
    expect(found).toHaveLength(unrun.length);
    for (const { page, starts, reason } of unrun) {
      const matching = blocksOf(page, readPage(page)).filter(({ text }) => text.startsWith(starts));
      expect({ page, starts, count: matching.length }).toEqual({ page, starts, count: 1 });
      expect(reason).toMatch(/\w+ \w+/);
    }
  });

  test.each(linked)("`npm $command` stands on a page, and is listed with its reason", ({ command, reason }) => {
    const shown = steps.filter(({ kind, block }) => kind === "shell" && block.text.includes(`npm ${command}\n`));
    expect(shown.length).toBeGreaterThan(0);
    expect(reason).toMatch(/\w+ \w+/);
  });

  test("is little", () => {
    const all = pages.flatMap((page) => blocksOf(page, readPage(page))).length;
    const count = (kind: Step["kind"]) => steps.filter((step) => step.kind === kind).length;
    const [read, listed] = [count("data"), count("unrun")];
    const run = all - read - listed;
    console.info(`blocks of the pages: ${run} run, ${read} read, ${listed} listed as not run`);
    expect(listed * 10).toBeLessThan(run);
  });
});
