import type { Plan } from "../api/account.ts";
import { createInstance } from "../create.ts";
import type { ProjectFlags } from "./config.ts";
import type { CliContext } from "./context.ts";
import { Output } from "./output.ts";
import { loadProject } from "./project/load.ts";
import { loggerOf } from "./remote.ts";

/**
 * `belfry plan`: loads a project as `belfry start` does, and asks its store what its definitions would change. Works on
 * nothing, and writes nothing: a store that is not there is not made. Rejects E_CONFIG, E_TASK_FILE, and what keeps the
 * store from being opened.
 */
export async function planProject(
  context: CliContext,
  flags: ProjectFlags & { readonly json?: boolean },
  folder: string,
): Promise<Plan> {
  const { config, tasks } = await loadProject(context, flags, folder);
  const logger = loggerOf(new Output(context, flags.json === true));
  const options = { ...config.options, logger, store: config.store, tasks, work: false, migrate: false };
  const instance = createInstance(options, context.environment);
  await instance.start();
  try {
    return await instance.plan();
  } finally {
    await instance.stop();
  }
}
