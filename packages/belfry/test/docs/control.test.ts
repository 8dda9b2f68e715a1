import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf } from "./support/blocks.ts";
import { play, write } from "./support/play.ts";
import { storyOf } from "./support/story.ts";
import { checkTypes, openWorkshop, type Workshop } from "./support/workshop.ts";

// The controls: pages that are broken on purpose. Each has to fail, and to name the block.

const fence = (language: string, text: string, mark = "") =>
  `${mark && `<!-- ${mark} -->\n`}\`\`\`${language}\n${text}\n\`\`\`\n`;
const steps = (text: string) => storyOf(blocksOf("page.md", text), () => false);
const task = 'import { defineTask } from "belfry";\nexport const one = defineTask({ name: "one", handler: () => 1 });';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
}, 180_000);
afterAll(() => workshop.remove());

const broken = {
  "a program that throws": fence("ts", 'throw new Error("no");'),
  "a program that names what is not there": fence("ts", 'import { createBelfri } from "belfry";\ncreateBelfri();'),
  "a program that goes on, and throws at the end": fence("ts", task) + fence("ts", "one.name();", "goes on"),
  "a program that prints something else": fence("ts", 'console.log("one"); // two'),
  "a program that prints in another order": fence(
    "ts",
    "console.log(1); // 1\nconsole.log(1); // 1\nconsole.log(2); // 1",
  ),
  "a command that fails before one that does not": fence("sh", "false\ntrue"),
  "a command that is not there": fence("sh", "belfri run"),
  "an npm command that nobody listed": fence("sh", "npm install left-pad"),
  "a server that does not become one": fence("sh", "true", "server"),
  "JSON with a comma too many": fence("json", '{ "a": 1, }'),
  "JSON that is not what was printed": `${fence("sh", "echo '{\"a\":1}'")}${fence("json", '{ "b": 1 }', "prints")}`,
  "a Dockerfile with a wrong word": fence("dockerfile", "FROM node:24-slim\nRUNN true"),
  "a unit's setting outside of any section": fence("ini", "Restart=always"),
} as const;

describe("a page fails with", () => {
  test.each(Object.entries(broken))("%s", { timeout: 120_000 }, async (name, text) => {
    await expect(play(workshop, name.replaceAll(" ", "-"), steps(`first\n\n${text}`))).rejects.toThrow(
      /^page\.md:\d+: /,
    );
  });

  test.each([
    ["a language that nobody knows", fence("rust", "fn main() {}")],
    ["a block without a language", fence("", "text")],
    ["a mark that nobody knows", fence("ts", task, "skip")],
    ["nothing to go on from", fence("ts", task, "goes on")],
  ])("%s", (_name, text) => {
    expect(() => steps(text)).toThrow(/^page\.md:\d+: /);
  });

  test("a type that does not fit", { timeout: 60_000 }, async () => {
    const folder = join(workshop.folder, "types");
    const wrong = steps(fence("ts", task, "file: one.ts") + fence("ts", 'const id: number = "1";\nconsole.log(id);'));
    const files = wrong.map((step) => write(folder, step)).filter((file) => file !== undefined);
    expect((await checkTypes(workshop.folder, files)).join("\n")).toMatch(/^types\/line-6\.ts\(1,7\): error TS2322/);
  });
});

test("a page that is well plays to its end; a block sees what those before it printed and set", {
  timeout: 60_000,
}, async () => {
  const page = [
    fence("ts", task, "file: tasks/one.ts"),
    fence(
      "ts",
      'import { one } from "./tasks/one.ts";\nconsole.log(one.name, { trackingId: "0123456789abcdef01234567" });',
    ),
    fence("sh", 'test "6237b225b9a84d607cd79044" = 0123456789abcdef01234567\nword=bell'),
    fence("sh", 'test "$word" = bell && test "$BELFRY_PORT" = 7411\necho \'{ "a": 1 }\''),
    fence("json", '{ "a": 2 }', "prints"),
    fence("dockerfile", '# an image\nFROM node:24-slim\nRUN true && \\\n    true\nCMD ["node"]'),
    fence("ini", "[Unit]\nDescription=one"),
  ].join("\n");
  await play(workshop, "well", steps(page));
});
