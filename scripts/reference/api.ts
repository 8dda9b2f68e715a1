import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Comment, type Directive, type ParseResult, parseSync, type Statement } from "oxc-parser";

/** An export of the package, as its source says it. */
interface Entry {
  readonly name: string;
  readonly isType: boolean;
  readonly signature: string;
  readonly text: string;
  /** What an interface or a class has: each member's code and docstring. */
  readonly members: readonly { readonly code: string; readonly text: string }[];
}

/** The part of a syntax tree's node that is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name?: string } | null;
  readonly body?: Node | readonly Node[] | null;
  readonly declaration?: Node | null;
  readonly declarations?: readonly Node[];
  readonly init?: Node | null;
  readonly accessibility?: string;
  readonly key?: { readonly type: string };
}

/**
 * The reference of what a package's index exports, of which of it its client has too, and of its test kit; made from the
 * sources.
 */
export function apiPage(index: string, client: string, testing: string): string {
  const entries = exportsOf(index).map(([name, file]) => entryOf(name, file));
  const kit = exportsOf(testing).map(([name, file]) => entryOf(name, file));
  const sections = [
    ["Functions and values", entries.filter(({ isType }) => !isType)],
    ["Types", entries.filter(({ isType }) => isType)],
    ["The test kit: `belfry/testing`", kit],
  ] as const;
  const written = sections.map(([title, list]) => {
    const sorted = [...list].sort((one, other) => one.name.localeCompare(other.name, "en"));
    return `## ${title}\n\n${sorted.map(write).join("\n\n")}`;
  });
  return `# TypeScript

What \`import { … } from "belfry"\` offers. Made from the docstrings, which your editor shows too. Errors are
[by code](../errors.md); durations are strings such as \`"10m"\`.

\`belfry/client\` offers, without anything of the engine: ${namesOf(client)}.

${written.join("\n\n")}
`;
}

function namesOf(index: string): string {
  return exportsOf(index)
    .map(([name]) => `\`${name}\``)
    .sort((one, other) => one.localeCompare(other, "en"))
    .join(", ");
}

function write({ name, signature, text, members }: Entry): string {
  const list = members.map(({ code, text: said }) => `- \`${code}\`${said ? `: ${said}` : ""}`);
  return [`### ${name}`, `\`\`\`ts\n${signature}\n\`\`\``, text, list.join("\n")].filter(Boolean).join("\n\n");
}

/** The names that an index passes on, with the file that has each. */
function exportsOf(index: string): [name: string, file: string][] {
  const { program } = parse(index).tree;
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || !statement.source) return [];
    const file = join(dirname(index), statement.source.value);
    return statement.specifiers.map(({ local }): [string, string] => {
      if (local.type !== "Identifier") throw new Error(`${index} exports something without a name`);
      return [local.name, file];
    });
  });
}

function entryOf(name: string, file: string): Entry {
  const { tree, source } = parse(file);
  for (const statement of tree.program.body) {
    const node = declarationOf(statement);
    if (node === undefined || nameOf(node) !== name) continue;
    const text = docstringBefore(statement.start, tree.comments, source);
    const members = membersOf(node).map((member) => ({
      code: flat(source.slice(member.start, codeEnd(member))),
      text: flat(docstringBefore(member.start, tree.comments, source)),
    }));
    return { name, isType: node.type.startsWith("TS"), signature: signatureOf(node, source), text, members };
  }
  throw new Error(`${file} does not declare ${name}`);
}

function declarationOf(statement: Directive | Statement): Node | undefined {
  return statement.type === "ExportNamedDeclaration"
    ? ((statement.declaration as Node | null) ?? undefined)
    : undefined;
}

function nameOf(node: Node): string | undefined {
  return node.id?.name ?? node.declarations?.[0]?.id?.name;
}

/** An interface's members, or those of a class that its users may see. */
function membersOf({ type, body }: Node): readonly Node[] {
  if (type !== "TSInterfaceDeclaration" && type !== "ClassDeclaration") return [];
  const inner = body && !Array.isArray(body) ? (body as Node).body : [];
  const members = Array.isArray(inner) ? (inner as readonly Node[]) : [];
  return members.filter(({ key }) => key?.type !== "PrivateIdentifier");
}

/** Where a member's code ends: before the body, where it has one. */
function codeEnd(member: Node & { readonly value?: Node | null }): number {
  const body = member.value?.body;
  return body && !Array.isArray(body) ? (body as Node).start : member.end;
}

/** A declaration without what it is made of. */
function signatureOf(node: Node, source: string): string {
  const to = (end: number) => source.slice(node.start, end).trim();
  if (node.type === "TSTypeAliasDeclaration") return to(node.end).replace(/;$/, "");
  if (node.declarations) {
    const [first] = node.declarations;
    return to(first?.init?.start ?? node.end).replace(/\s*=$/, "");
  }
  const body = node.body && !Array.isArray(node.body) ? (node.body as Node).start : node.end;
  return to(body);
}

/** The docstring that stands right before a place, as one paragraph or list as it was written. */
function docstringBefore(at: number, comments: readonly Comment[], source: string): string {
  const comment = comments.findLast(({ end }) => end <= at && source.slice(end, at).trim() === "");
  if (comment?.type !== "Block" || !comment.value.startsWith("*")) return "";
  return comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().replace(/;$/, "");
}

function parse(file: string): { tree: ParseResult; source: string } {
  const source = readFileSync(file, "utf8");
  return { tree: parseSync(file, source), source };
}
