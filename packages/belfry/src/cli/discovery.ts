import { globSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { BelfryError, isBelfryError, show } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { textOf } from "../base/text.ts";
import { defineTask, isTask, type Task } from "../task/definition.ts";
import { checkTaskName } from "../task/name.ts";
import type { ProjectConfig } from "./config.ts";
import { collectExports } from "./project/exports.ts";
import type { Modules } from "./project/modules.ts";
import { statOf } from "./project/stat.ts";

/** The tasks of a project, and what is wrong with its files. */
export interface Discovery {
  readonly tasks: readonly Task[];
  /** E_TASK_FILE for task files, E_CONFIG for what the config says about them, E_OPTION for a folder that is not there; in the order of the files. */
  readonly problems: readonly BelfryError[];
  /** How many task files there are. */
  readonly fileCount: number;
}

type Project = Pick<ProjectConfig, "folder" | "file" | "tasksDir" | "files" | "options">;

const ending = /\.(?:ts|js|mjs)$/;

/**
 * The task files of a folder, absolute and sorted: `**` + `/*.{ts,js,mjs}`, without declarations, tests, packages and
 * what begins with a dot.
 */
export function findTaskFiles(tasksDir: string): string[] {
  const paths = globSync("**/*.{ts,js,mjs}", {
    cwd: tasksDir,
    exclude: (name) => name === "node_modules" || /(?:^|[\\/])\.[^.\\/]/.test(name),
  });
  return paths
    .map((path) => path.split(sep).join("/"))
    .filter((path) => isTaskFile(path))
    .sort()
    .map((path) => join(tasksDir, path))
    .filter((path) => statOf(path)?.isFile());
}

/** Whether a path below the tasks' folder, with `/`, is a task file's by its name. */
function isTaskFile(path: string): boolean {
  const parts = path.split("/");
  if (parts.some((part) => part.startsWith(".") || part === "node_modules")) return false;
  return ending.test(path) && !/\.d\.ts$|\.test\.[^/]*$/.test(path);
}

/**
 * Loads the task files of a project, one after the other, and collects what `defineTask` made (any export, also in
 * arrays), the bare default functions, and the config's own `tasks`. Never rejects: whatever is wrong with a file is
 * one of `problems`, and the others go on.
 */
export async function discoverTasks(project: Project, modules: Modules): Promise<Discovery> {
  const found = new Finder(project);
  if (!statOf(project.tasksDir)?.isDirectory()) {
    // A folder that is named is meant: without it every task would count as removed.
    if (project.tasksDir !== join(project.folder, "tasks")) found.refuseTasksDir();
    return found.end(0);
  }
  const files = findTaskFiles(project.tasksDir);
  for (const file of files) {
    const loaded = await modules.load(file);
    if ("problem" in loaded) found.refuse(file, loaded.problem, loaded);
    else found.take(file, loaded.exports);
  }
  return found.end(files.length);
}

/** Gathers the tasks, and what is wrong. */
class Finder {
  readonly #project: Project;
  readonly #tasks = new Set<Task>();
  readonly #problems: BelfryError[] = [];
  /** Where each name is from, folded. */
  readonly #origins = new Map<string, string>();
  readonly #unused: Set<string>;
  readonly #bareNames: string[] = [];

  constructor(project: Project) {
    this.#project = project;
    this.#unused = new Set(project.files.keys());
    const own = project.options.tasks;
    for (const task of Array.isArray(own) ? own : []) if (isTask(task)) this.#add(task, this.#configName());
  }

  refuse(file: string, problem: string, at: { line?: number; cause?: unknown } = {}): void {
    const name = `${this.#shown(file)}${at.line === undefined ? "" : `:${at.line}`}`;
    this.#problems.push(new BelfryError("E_TASK_FILE", { file: name, problem }, { cause: at.cause }));
  }

  refuseTasksDir(): void {
    const expected = "a folder that exists";
    this.#problems.push(new BelfryError("E_OPTION", { field: "tasksDir", value: this.#project.tasksDir, expected }));
  }

  take(file: string, exports: Readonly<Record<string, unknown>>): void {
    const { tasks, bare, problems } = collectExports(exports);
    for (const problem of problems) this.refuse(file, problem);
    for (const task of tasks) this.#add(task, file);
    if (bare) this.#takeBare(file, bare);
  }

  end(fileCount: number): Discovery {
    for (const name of this.#unused) {
      const nearest = didYouMean(name, this.#bareNames);
      this.#refuseConfig(`files[${show(name)}]: no task file of this name has a bare default function${nearest}`);
    }
    return { tasks: [...this.#tasks], problems: this.#problems, fileCount };
  }

  #takeBare(file: string, handler: () => unknown): void {
    const path = relative(this.#project.tasksDir, file).split(sep).join("/");
    const bareName = path.replace(ending, "");
    this.#bareNames.push(bareName);
    const key = [path, bareName].find((name) => this.#project.files.has(name));
    const options = key === undefined ? {} : (this.#project.files.get(key) ?? {});
    if (key !== undefined) this.#unused.delete(key);
    const fileName = basename(bareName);
    try {
      if (options.name === undefined) checkTaskName(fileName, "name");
    } catch {
      const fix = `name it in ${this.#configName()}: files: { ${show(bareName)}: { name: "…" } }`;
      return this.refuse(file, `its default function would be task ${show(fileName)}, which is no valid name; ${fix}`);
    }
    try {
      this.#add(defineTask({ name: fileName, ...options, handler } as Parameters<typeof defineTask>[0]), file);
    } catch (error) {
      const problem = isBelfryError(error) ? error.message : `threw ${textOf(error)}`;
      this.#refuseConfig(`files[${show(key)}]: ${problem}`, error);
    }
  }

  /** One task of each name, the first that is found; the same task may come several ways. */
  #add(task: Task, file: string): void {
    if (this.#tasks.has(task)) return;
    const folded = task.name.toLowerCase();
    const first = this.#origins.get(folded);
    if (first !== undefined) {
      const where = first === file ? "twice in this file" : `in ${this.#shown(first)} too`;
      return this.refuse(file, `task ${show(task.name)} is defined ${where}; rename one (case does not matter)`);
    }
    this.#origins.set(folded, file);
    this.#tasks.add(task);
  }

  #refuseConfig(problem: string, cause?: unknown): void {
    this.#problems.push(new BelfryError("E_CONFIG", { file: this.#configName(), problem }, { cause }));
  }

  #configName(): string {
    return this.#project.file === undefined ? "belfry.config.ts" : basename(this.#project.file);
  }

  #shown(file: string): string {
    const path = relative(this.#project.folder, file);
    return path.startsWith("..") || path === "" ? file : path.split(sep).join("/");
  }
}
