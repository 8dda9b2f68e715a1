import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sentences } from "./support/page.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
/** The titles of the tests in page.test.ts, in their order. */
const titles = [...read("./page.test.ts").matchAll(/^ {2}test\((["'])(.+)\1, async \(\) => \{$/gm)].map(
  ([, , title]) => title,
);

test("every sentence of the page is the title of a test, and every such test holds a sentence", () => {
  expect(titles).toEqual(sentences());
});

test("the README links every sentence to its test", () => {
  const rows = read("../../../../README.md")
    .split("\n")
    .filter((line) => line.includes("(packages/belfry/test/seed/page.test.ts)"));
  expect(rows).toEqual(
    sentences().map((sentence) => `| ${cellOf(sentence)} | [test](packages/belfry/test/seed/page.test.ts) |`),
  );
});

/** A sentence in a table: code as code, and no further cells. */
function cellOf(sentence: string): string {
  if (sentence.startsWith('"')) return `\`${sentence}\``;
  return sentence.replaceAll("|", "\\|");
}
