import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { run } from "../../package/support/run.ts";
import { placeOf } from "./blocks.ts";
import { type Serving, serve } from "./serve.ts";
import { parseData } from "./shapes.ts";
import { dataLanguages, type Step } from "./story.ts";
import type { Workshop } from "./workshop.ts";

/** The example values that stand for real ones: the first that the page's last output with one in it names. */
const examples = [
  { example: "6237b225b9a84d607cd79044", shape: /(?:trackingId"?:? *['"]?|^)([0-9a-f]{24})\b/m },
  { example: "belfry_…", shape: /\b(belfry_[0-9a-f]{64})\b/ },
] as const;

/** The state of one page while it is played. */
interface Stage {
  readonly workshop: Workshop;
  readonly folder: string;
  readonly port: number;
  readonly servings: Serving[];
  /** What stands for each example now. */
  readonly values: Map<string, string>;
  /** What the last block printed. */
  last: string;
}

/** Plays a page in a folder of its own, block after block. Throws, naming the block, at the first that fails. */
export async function play(workshop: Workshop, name: string, steps: readonly Step[]): Promise<void> {
  const folder = join(workshop.folder, "pages", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const stage: Stage = { workshop, folder, port: await freePort(), servings: [], values: new Map(), last: "" };
  try {
    for (const step of steps) {
      await playStep(stage, step).catch((error: Error) => {
        const said = stage.servings.map(({ output }) => output()).join("");
        throw new Error(`${placeOf(step.block)}: ${error.message}${said && `\nthe server said:\n${said}`}`);
      });
    }
  } finally {
    await Promise.all(stage.servings.map((serving) => serving.end()));
  }
}

/** Where a step's text is kept as a file, as the page has it: what the compiler reads. */
export function write(folder: string, step: Step): string | undefined {
  if (step.kind !== "file" && step.kind !== "program") return undefined;
  const file = join(folder, step.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, step.text);
  return file;
}

async function playStep(stage: Stage, step: Step): Promise<void> {
  const { folder, workshop } = stage;
  if (step.kind === "file" || step.kind === "program") write(folder, { ...step, text: real(stage, step.text) });
  if (step.kind === "program") {
    await runCommand(stage, process.execPath, [step.path]);
    checkSaid(stage.last, step.text);
  }
  if (step.kind === "shell" && step.isServer) {
    stage.servings.push(await serve(scriptOf(stage, step.block.text), { folder, env: workshop.env, port: stage.port }));
  } else if (step.kind === "shell") await runCommand(stage, "bash", ["-c", scriptOf(stage, step.block.text)]);
  if (dataLanguages.has(step.block.language)) parseData(step.block.language, step.block.text);
  if (step.kind === "data" && step.isPrinted) comparePrinted(stage.last, step.block.text);
}

/** The block with this page's port and with what earlier blocks printed in place of the examples. */
function real(stage: Stage, text: string): string {
  const ported = text.replaceAll(/\b7411\b/g, String(stage.port));
  return [...stage.values].reduce((made, [example, value]) => made.replaceAll(example, value), ported);
}

/** Stops at the first command that fails; the variables that one block sets are there for the next. */
function scriptOf(stage: Stage, text: string): string {
  const kept = join(stage.workshop.folder, `variables-${stage.port}`);
  return `set -euo pipefail; export BELFRY_PORT=${stage.port}; [ ! -e ${kept} ] || . ${kept}; set -a
${real(stage, text)}
set +a; export -p > ${kept}`;
}

async function runCommand(stage: Stage, command: string, args: readonly string[]): Promise<void> {
  const { folder: cwd, workshop } = stage;
  const env = { ...workshop.env, BELFRY_PORT: String(stage.port) };
  const { code, stdout, stderr } = await run(command, args, { cwd, env, withinMs: 60_000 });
  if (code !== 0) throw new Error(`ended with ${code}:\n${stdout}\n${stderr}`);
  for (const { example, shape } of examples) {
    const value = shape.exec(stdout)?.[1];
    if (value !== undefined) stage.values.set(example, value);
  }
  stage.last = stdout;
}

/** What stands in a comment behind a `console.log` was printed, as a whole line and in that order. */
function checkSaid(printed: string, text: string): void {
  const lines = printed.split("\n");
  for (const [, said = ""] of text.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)) {
    const at = lines.indexOf(said);
    if (at < 0) throw new Error(`did not print "${said}"; what was not yet looked at is:\n${lines.join("\n")}`);
    lines.splice(0, at + 1);
  }
}

/** The page's JSON has the fields, in the order, of the last JSON that was printed. */
function comparePrinted(printed: string, shown: string): void {
  const [text = "{}"] = printed.match(/^\{[\s\S]*?^\}$|^\{.*\}$/gm)?.slice(-1) ?? [];
  const fields = (json: string) => Object.keys(JSON.parse(json) as object).join(", ");
  if (fields(text) !== fields(shown)) throw new Error(`printed ${fields(text)}; the page shows ${fields(shown)}`);
}

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
