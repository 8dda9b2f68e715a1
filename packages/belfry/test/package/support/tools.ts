import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** A Node and an npm that were brought here for the test, alone in the only folder of PATH. */
export interface Toolchain {
  readonly node: string;
  readonly npm: string;
  /** The environment: this PATH, a home of its own, no network. */
  readonly env: NodeJS.ProcessEnv;
}

const platform = `${process.platform}-${process.arch}`;
/** Where everything that this test needs is known to be had: there a missing part is a failure. */
const isComplete = platform === "linux-x64";

/** Brings packages from the registry into a folder; false where they are not to be had. */
async function bring(folder: string, packages: readonly string[]): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages];
  const { code, stderr } = await run("npm", args, { cwd: folder, withinMs: 240_000 });
  if (code !== 0) console.error(stderr);
  return code === 0;
}

/** A toolchain of these majors; undefined where one of them is not to be had on this machine. */
export async function bringToolchain(work: string, node: string, npm: string): Promise<Toolchain | undefined> {
  const name = `node-${platform}`;
  const nodes = join(work, `node-${node}`);
  const npms = join(work, `npm-${npm}`);
  const binary = join(nodes, "node_modules", name, "bin/node");
  const cli = join(npms, "node_modules/npm/bin/npm-cli.js");
  if (!existsSync(binary) && !(await bring(nodes, [`${name}@${node}`]))) return undefined;
  if (!existsSync(cli) && !(await bring(npms, [`npm@${npm}`]))) return undefined;
  const bin = join(work, `bin-${node}-${npm}`);
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(binary, join(bin, "node"));
    symlinkSync(cli, join(bin, "npm"));
  }
  const home = join(work, "home");
  mkdirSync(home, { recursive: true });
  const env = { PATH: bin, HOME: home, npm_config_offline: "true", npm_config_update_notifier: "false" };
  const version = (folder: string, of: string) =>
    String(JSON.parse(readFileSync(join(folder, "node_modules", of, "package.json"), "utf8")).version);
  return { node: version(nodes, name), npm: version(npms, "npm"), env };
}

/** Says loudly that a part was not tried; where everything is to be had, that is a failure. */
export function notRun(what: string): void {
  const text = `NOT RUN on ${platform}: ${what}`;
  console.error(`\n******** ${text} ********\n`);
  if (isComplete) throw new Error(text);
}
