import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run, runWell } from "./run.ts";

/** A Node and an npm that were brought here for the test, alone in the only folder of PATH. */
export interface Toolchain {
  readonly node: string;
  readonly npm: string;
  /** The environment: this PATH, a home of its own, this machine's way to the registry. */
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

/** How this machine reaches the registry: its proxies and certificates, and the npm settings of whoever runs the test. */
async function networkOf(): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await runWell("npm", ["config", "get", "userconfig"], { cwd: tmpdir() });
  const way = /^(?:(?:https?|no)_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir))$/i;
  const passed = Object.entries(process.env).filter(([name]) => way.test(name));
  return { ...Object.fromEntries(passed), npm_config_userconfig: stdout.trim(), npm_config_audit: "false" };
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
    symlinkSync(join(dirname(cli), "npx-cli.js"), join(bin, "npx"));
    // What npm runs a package's command by.
    symlinkSync("/bin/sh", join(bin, "sh"));
  }
  const env = { ...(await networkOf()), PATH: bin, HOME: join(work, "home"), npm_config_update_notifier: "false" };
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
