import { isBelfryError } from "../../src/base/errors.ts";
import { loadConfig } from "../../src/cli/config.ts";
import { discoverTasks } from "../../src/cli/discovery.ts";
import { Modules } from "../../src/cli/project/modules.ts";
import { systemClock } from "../../src/clock/system.ts";
import type { Call } from "./support/discover.ts";

// Reads a project as the ways in do, in a process of its own: only Node itself may load what it loads.

const hasty = { ...systemClock, after: (ms: number, call: () => void) => systemClock.after(ms / 1_000, call) };

async function read({ folder, flags = {}, isHasty }: Call): Promise<object> {
  const modules = new Modules(folder, isHasty ? hasty : systemClock);
  try {
    const config = await loadConfig({ cwd: folder, environment: {}, clock: systemClock }, flags, modules);
    const { tasks, problems, fileCount } = await discoverTasks(config, modules);
    return {
      config: { ...config, options: Object.keys(config.options), files: [...config.files.keys()] },
      tasks: tasks.map(({ name, rules }) => ({ name, schedules: rules.schedules.map(({ spec }) => spec) })),
      problems: problems.map(({ code, message }) => `${code} ${message}`),
      fileCount,
      seen: [...modules.seen.keys()].map((path) => path.slice(folder.length + 1)),
    };
  } catch (error) {
    if (!isBelfryError(error)) throw error;
    return { error: `${error.code} ${error.message}` };
  } finally {
    modules.close();
  }
}

process.stdout.write(JSON.stringify(await read(JSON.parse(process.argv[2] ?? "") as Call)));
process.exit();
