import { show } from "../../base/errors.ts";
import { textOf } from "../../base/text.ts";
import { isTask, type Task } from "../../task/definition.ts";

/** What a task file offers. */
export interface Collected {
  /** Made by `defineTask`, each once. */
  readonly tasks: readonly Task[];
  /** The default export, where it is a function and the file defines no task: the original's form. */
  readonly bare?: () => unknown;
  /** What is wrong with its exports. */
  readonly problems: readonly string[];
}

/** Looks through the exports of a task file. Never throws. */
export function collectExports(exports: Readonly<Record<string, unknown>>): Collected {
  const tasks = new Set<Task>();
  const problems: string[] = [];
  const add = (value: unknown, name: string) => {
    if (isTask(value)) tasks.add(value);
    else if (looksLikeTask(value))
      problems.push(`${name} looks like a task and is none; write defineTask({ … }) around it`);
  };
  for (const [key, value] of Object.entries(exports)) {
    const name = key === "default" ? "its default export" : `its export ${key}`;
    if (Array.isArray(value)) for (const [index, item] of value.entries()) add(item, `${name}[${index}]`);
    else add(value, name);
  }
  if (tasks.size > 0 || problems.length > 0) return { tasks: [...tasks], problems };
  return { tasks: [], ...bareOf(exports) };
}

function bareOf({ default: value }: Readonly<Record<string, unknown>>): Pick<Collected, "bare" | "problems"> {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return { problems: [] };
  if (typeof value !== "function") {
    return {
      problems: [`its default export is ${show(value)}; expected a function, or what defineTask({ … }) answers`],
    };
  }
  if (/^class\b/.test(textOf(value))) {
    return { problems: ["its default export is a class; expected a function, or what defineTask({ … }) answers"] };
  }
  return { bare: value as () => unknown, problems: [] };
}

/** A definition that was not given to `defineTask`. */
function looksLikeTask(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "handler" in value && ("name" in value || "schedule" in value || typeof value.handler === "function");
}
