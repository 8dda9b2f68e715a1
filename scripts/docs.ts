import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "../packages/belfry/src/base/errors.ts";
import { transitions } from "../packages/belfry/src/run/states.ts";
import { apiPage } from "./reference/api.ts";
import { cliPage } from "./reference/cli.ts";
import { servedDocument } from "./reference/document.ts";
import { httpPage } from "./reference/http.ts";
import { transitionsPage } from "./reference/transitions.ts";

/** The documents whose tables are made from the code. `node scripts/with-node.mjs scripts/docs.ts` writes them; a test compares. */
const root = join(import.meta.dirname, "..");

const indexes = [
  join(root, "packages/belfry/src/index.ts"),
  join(root, "packages/belfry/src/client/index.ts"),
  join(root, "packages/belfry/src/testing/index.ts"),
] as const;

/** A document's path, and its text as the code says it has to be. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function pages(): Page[] {
  return [
    { path: "docs/errors.md", text: errorsPage() },
    { path: "docs/glossary.md", text: between("docs/glossary.md", "states", statesTable()) },
    { path: "docs/reference/api.md", text: apiPage(...indexes) },
    { path: "docs/reference/cli.md", text: cliPage() },
    { path: "docs/reference/http.md", text: httpPage(servedDocument()) },
    { path: "docs/reference/transitions.md", text: transitionsPage(join(root, "docs/reference/transitions.md")) },
  ];
}

function errorsPage(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, exit, message }]) => `| \`${code}\` | ${status} | ${exit} | ${message.replaceAll("|", "\\|")} |`,
  );
  return `# Errors

Every error is a \`BelfryError\` with a stable \`code\`: what programs decide by. The message states the value, what was
expected and the fix, and may change. Made from \`base/error-table.ts\`; \`{…}\` is filled in.

| code | HTTP status | exit code | message |
|---|---|---|---|
${rows.join("\n")}
`;
}

function statesTable(): string {
  const rows = Object.entries(transitions).map(
    ([event, { from, to, when }]) => `| ${event} | ${from.join(", ")} | ${to} | ${when} |`,
  );
  return ["| event | from | to | when |", "|---|---|---|---|", ...rows].join("\n");
}

/** The document with what stands between its two marks replaced. */
function between(path: string, mark: string, text: string): string {
  const old = readFileSync(join(root, path), "utf8");
  const [start, end] = [`<!-- ${mark}: made from the code -->\n`, `\n<!-- /${mark} -->`];
  const [from, to] = [old.indexOf(start), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} lacks the marks ${start.trim()} and ${end.trim()}`);
  return old.slice(0, from + start.length) + text + old.slice(to);
}

if (process.argv[1] === import.meta.filename)
  for (const { path, text } of pages()) writeFileSync(join(root, path), text);
