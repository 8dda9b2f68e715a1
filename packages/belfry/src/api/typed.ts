import type { Task } from "../task/definition.ts";
import type { TaskHandle } from "./handle.ts";

/** The names that `task()` takes: those of the tasks; any where there are none, or where they are not known. */
export type NameOf<Tasks extends readonly Task[]> = Tasks extends readonly [] ? string : Tasks[number]["name"];

/** The types of a task, by its name. */
export type TypesOf<Tasks extends readonly Task[], Name> = NonNullable<
  (string extends NameOf<Tasks> ? Task : Extract<Tasks[number], { name: Name }>)["types"]
>;

/** What knows its tasks by their types: an engine, or a client. */
export interface Typed<Tasks extends readonly Task[]> {
  task(name: never): TaskHandle<never>;
  /** Types only; never there at run time. */
  readonly types?: { readonly tasks: Tasks };
}

/**
 * The tasks that a type tells of: an engine's, a client's, those of a list, or the values of an object or module; any
 * where it tells of nothing.
 */
export type TasksOf<Source> = unknown extends Source
  ? readonly Task[]
  : Source extends readonly Task[]
    ? Source
    : Source extends Typed<infer Tasks>
      ? Tasks
      : readonly Extract<Source[keyof Source], Task>[];
