import { existsSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { readPage, root } from "../package/support/pages.ts";

// Links between the pages of the repository lead somewhere.

const pages = [...globSync("*.md", { cwd: root }), ...globSync("docs/**/*.md", { cwd: root })].sort();
const fences = /^```[\s\S]*?^```$/gm;

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = readPage(page)
    .replaceAll(fences, "")
    .matchAll(/^#+ (.*)$/gm);
  const plain = (heading = "") => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, "");
  return new Set([...headings].map(([, heading]) => plain(heading).replaceAll(" ", "-")));
}

function isBroken(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(target).has(anchor);
}

test.each(pages)("every link of %s leads somewhere", (page) => {
  const links = [
    ...readPage(page)
      .replaceAll(fences, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, link = ""]) => link);
  const own = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(own.filter((link) => isBroken(page, link))).toEqual([]);
});

test("a link that leads nowhere is found", () => {
  expect(
    ["nowhere.md", "README.md#nothing", "README.md", "docs/design.md#promises"].map((l) => isBroken("README.md", l)),
  ).toEqual([true, true, false, false]);
});
