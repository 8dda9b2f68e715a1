import { readFileSync } from "node:fs";

/** The page, as it was published. */
const page = readFileSync(new URL("../page.txt", import.meta.url), "utf8");

const lines = page.split("\n");

/** The lines between a line and the next empty one. */
function blockAfter(line: string, occurrence: number): string[] {
  const start = lines.flatMap((text, index) => (text === line ? [index] : []))[occurrence] ?? Number.NaN;
  const end = lines.findIndex((text, index) => index > start && !text.startsWith('"'));
  return lines.slice(start + 1, end);
}

/** The first or the second example response, as an object with its keys in the page's order. */
export function exampleResponse(occurrence: 0 | 1): Record<string, string> {
  return JSON.parse(`{${blockAfter("Example Response", occurrence).join("\n")}}`) as Record<string, string>;
}

/** The first or the second snippet of code, from its `const taskName` to its end. */
export function snippet(occurrence: 0 | 1): string {
  return page.split(/^(?=const taskName)/m)[occurrence + 1]?.split("Example Response")[0] ?? "";
}

/** All that the page says, one sentence each: prose, comments in code, responses, bullet points, the table's row. */
export function sentences(): string[] {
  const headings = new Set(["Scheduled Tasks", "Run task", "Get task status", "Data type"]);
  const found: string[] = [];
  for (const block of page.split(/\n{2,}|\n(?=Example Response| {2}•)/)) {
    if (block === "" || headings.has(block) || block.startsWith("const taskName")) continue;
    if (block.startsWith("//")) found.push(commentOf(block));
    else if (block.startsWith("Example Response")) found.push(responseOf(block));
    else if (block.startsWith("1trackingId")) found.push(rowOf(block));
    else found.push(...block.replace(/^ {2}• /, "").split(/(?<=\.) (?=[A-Z])/));
  }
  return found;
}

function commentOf(block: string): string {
  const comment = block.split("\n").filter((line) => line.startsWith("//"));
  return comment.map((line) => line.replace(/^\/\/ /, "")).join(" ");
}

/** A response on one line. */
function responseOf(block: string): string {
  return block.replace("Example Response\n", "").replaceAll("\n", " ");
}

/** The row of the parameters' table, whose cells the page runs together. */
function rowOf(block: string): string {
  return (/^1(trackingId)(String)(Yes)(.+)$/.exec(block)?.slice(1) ?? []).join(" | ");
}
