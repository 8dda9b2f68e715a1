import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Answer, commitGroup, type WriteCall } from "../../src/store/sqlite/group.ts";
import { openWriting } from "../../src/store/sqlite/opening.ts";
import { openSqliteStore, type SqliteOptions } from "../../src/store/sqlite/store.ts";
import type { WriteVerb, writes } from "../../src/store/sqlite/verbs.ts";
import { type FiringTuple, packRun } from "../../src/store/sqlite/wire.ts";
import type { Store } from "../../src/store/store.ts";
import { newRun, type TaskSketch, taskOf } from "../contract/context.ts";
import { presence } from "./child.ts";

/** A file in a folder of its own, which is removed at the test's end. */
export async function freshFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-sqlite-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "belfry.db");
}

/** A store on this file, closed at the test's end. */
export async function openAt(file: string, options: Partial<SqliteOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ file, presence, ...options });
  onTestFinished(() => store.close());
  return store;
}

type Args<V extends WriteVerb> = Parameters<(typeof writes)[V]>[1];

/** The writing thread's work, done in this one: a connection, and calls committed in groups on it. */
export class Bench {
  readonly file: string;
  readonly db: ReturnType<typeof openWriting>;
  readonly task: ReturnType<typeof taskOf>;
  now: number;
  #calls = 0;

  constructor(file: string, sketch: TaskSketch = {}, now: number = Date.now()) {
    this.file = file;
    this.now = now;
    this.db = openWriting(file, true);
    onTestFinished(() => this.db.close());
    this.task = taskOf(sketch);
    this.one("apply", { app: "app", digest: "1", draftedAt: 0, tasks: [this.task], settle: [] });
  }

  static async open(sketch?: TaskSketch): Promise<Bench> {
    return new Bench(await freshFile(), sketch);
  }

  call<V extends WriteVerb>(verb: V, args: Args<V>, by?: WriteCall["by"]): WriteCall {
    this.#calls += 1;
    return { id: this.#calls, verb, args, by, now: () => this.now };
  }

  commit(...calls: WriteCall[]) {
    return commitGroup(this.db, calls, this.file);
  }

  /** Commits one call and answers its answer. */
  one<V extends WriteVerb>(verb: V, args: Args<V>, by?: WriteCall["by"]): ReturnType<(typeof writes)[V]> {
    const [answer] = this.commit(this.call(verb, args, by)).answers;
    if (!answer || answer[2]) throw new Error(`${verb}: ${JSON.stringify(answer)}`);
    return answer[1] as ReturnType<(typeof writes)[V]>;
  }

  /** A node with the task; its claims have so many slots. */
  node(slots = 100): NonNullable<WriteCall["by"]> {
    const { epoch } = this.one("register", { name: "node", leaseMs: 60_000, taskIds: [this.task.newId] });
    return { epoch, slots, taskIds: new Set([this.task.newId]) };
  }

  /** The call that inserts a run of the task. */
  insertion(sketch: Parameters<typeof newRun>[1] = {}, by?: WriteCall["by"]): WriteCall {
    return this.call("insert", [packRun(newRun({ id: this.task.newId }, sketch))], by);
  }
}

/** The codes of the errors among answers; undefined for those that are none. */
export function codesOf(answers: readonly Answer[]): (string | undefined)[] {
  return answers.map(([, , error]) => error?.code);
}

/** A decision of instants that are due at once, whose next one is a millisecond later. */
export function firingOf(
  [id, version, cursor]: readonly [number, number, number],
  newCursor: number,
  links: FiringTuple[7],
): FiringTuple {
  return [id, version, cursor, newCursor, newCursor, newCursor + 1, newCursor + 1, links];
}
