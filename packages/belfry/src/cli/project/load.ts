import { relative } from "node:path";
import process from "node:process";
import { BelfryError } from "../../base/errors.ts";
import type { Task } from "../../task/definition.ts";
import { loadConfig, type ProjectConfig, type ProjectFlags } from "../config.ts";
import type { CliContext } from "../context.ts";
import { discoverTasks } from "../discovery.ts";
import { reportError } from "../exit.ts";
import { Modules } from "./modules.ts";

/** A project with its tasks. */
export interface LoadedProject {
  readonly config: ProjectConfig;
  readonly tasks: readonly Task[];
}

/**
 * Loads a project in this process, whose own folder becomes the project's. Rejects E_CONFIG and the first E_TASK_FILE;
 * the others, and a file that ends the process, are said on stderr.
 */
export async function loadProject(
  context: CliContext,
  flags: ProjectFlags & { readonly json?: boolean },
  folder: string,
): Promise<LoadedProject> {
  process.chdir(folder);
  const modules = new Modules(folder, context.clock);
  const isJson = flags.json === true;
  const tellExit = (code: number) => {
    const file = relative(folder, modules.last ?? folder);
    reportError(
      new BelfryError("E_TASK_FILE", { file, problem: `ended the process with code ${code} while it was loaded` }),
      context,
      isJson,
    );
  };
  process.once("exit", tellExit);
  try {
    const config = await loadConfig(context, { ...flags, dir: folder }, modules);
    const { tasks, problems } = await discoverTasks(config, modules);
    const [first, ...others] = problems;
    if (!first) return { config, tasks };
    for (const other of others) reportError(other, context, isJson);
    throw first;
  } finally {
    process.off("exit", tellExit);
    modules.close();
  }
}
