import { type Block, placeOf } from "./blocks.ts";

/** What is done with a block, or with several that make one program. */
export type Step =
  | { readonly kind: "file"; readonly block: Block; readonly path: string; readonly text: string }
  | { readonly kind: "program"; readonly block: Block; readonly path: string; readonly text: string }
  | { readonly kind: "shell"; readonly block: Block; readonly isServer: boolean }
  | { readonly kind: "data"; readonly block: Block; readonly isPrinted: boolean }
  | { readonly kind: "unrun"; readonly block: Block };

const programs = new Set(["ts", "js", "mjs"]);
const shells = new Set(["sh", "bash"]);
/** The languages of what is read, not run. */
export const dataLanguages: ReadonlySet<string> = new Set(["json", "dockerfile", "ini"]);
const marks = /^(?:file: (?<path>[\w./-]+)|(?<word>goes on|server|prints|tour: .*))?$/;

/**
 * What a page's blocks say, in order: a page is one project in one folder. The convention is CONTRIBUTING's. Throws for
 * a language or a mark that nobody knows: then nothing would have been tried.
 */
export function storyOf(blocks: readonly Block[], isUnrun: (block: Block) => boolean): Step[] {
  const steps: Step[] = [];
  for (const block of blocks) {
    const { language, text, mark } = block;
    const { path, word } = marks.exec(mark)?.groups ?? refuse(block, `the mark "${mark}"`);
    const last = steps.at(-1);
    if (isUnrun(block)) steps.push({ kind: "unrun", block });
    else if (path !== undefined) steps.push({ kind: "file", block, path, text });
    else if (programs.has(language) && word === "goes on") goOn(steps, block);
    else if (programs.has(language))
      steps.push({ kind: "program", block, path: `line-${block.line}.${language}`, text });
    else if (shells.has(language)) steps.push({ kind: "shell", block, isServer: word === "server" });
    else if (dataLanguages.has(language))
      steps.push({ kind: "data", block, isPrinted: word === "prints" && last !== undefined });
    else refuse(block, `the language "${language}"`);
  }
  return steps;
}

/** The program before goes on with this block. */
function goOn(steps: Step[], block: Block): void {
  const at = steps.findLastIndex(({ kind }) => kind === "program");
  const [before] = at < 0 ? [] : steps.splice(at, 1);
  if (before?.kind !== "program") return refuse(block, "a block that goes on from no program");
  steps.push({ ...before, text: `${before.text}\n${block.text}` });
}

function refuse(block: Block, what: string): never {
  throw new Error(`${placeOf(block)}: nobody knows what to do with ${what}; CONTRIBUTING.md says what there is`);
}
