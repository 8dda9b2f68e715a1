import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ProjectConfig, ProjectFlags } from "../../../src/cli/config.ts";

const script = fileURLToPath(new URL("../discover.child.ts", import.meta.url));

/** What is to be read, and how. */
export interface Call {
  readonly folder: string;
  readonly flags?: ProjectFlags;
  /** A second is a millisecond. */
  readonly isHasty?: boolean;
}

/** What a project is found to be; `error` is the only field where its config is wrong. */
export interface Found {
  readonly error?: string;
  readonly config: Omit<ProjectConfig, "options" | "files"> & { readonly options: string[]; readonly files: string[] };
  readonly tasks: { readonly name: string; readonly schedules: unknown[] }[];
  readonly problems: string[];
  readonly fileCount: number;
  readonly seen: string[];
}

/** Reads a project in a process of its own. */
export async function discover(folder: string, options: Omit<Call, "folder"> = {}): Promise<Found> {
  const call = JSON.stringify({ folder, ...options });
  const env = { PATH: process.env.PATH };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, call], { env, timeout: 30_000 });
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout) as Found;
}
