import { hasEnded } from "../../src/run/states.ts";
import type { MemoryNode, MemoryRun, MemorySchedule, MemoryState } from "../../src/store/memory/state.ts";
import type { AnswerOf, Call, CallOf, Verb } from "./verbs.ts";

export type RunView = Readonly<MemoryRun>;
export type NodeView = Readonly<MemoryNode>;
export type ScheduleView = Readonly<MemorySchedule>;

/** A row before and after; undefined where it was not there. */
export interface Change<View> {
  readonly id: string | number;
  readonly before: View | undefined;
  readonly after: View | undefined;
}

/** One call that reached the store, what it was answered, and all that it changed. */
export interface Commit {
  /** True time. */
  readonly at: number;
  /** The store's clock. */
  readonly now: number;
  readonly call: Call;
  readonly answer: unknown;
  readonly runs: readonly Change<RunView>[];
  readonly nodes: readonly Change<NodeView>[];
  readonly schedules: readonly Change<ScheduleView>[];
  /** Whether the task was enabled before. */
  readonly wasEnabled: (taskId: string) => boolean;
}

export type CommitOf<V extends Verb> = Omit<Commit, "call" | "answer"> & {
  readonly call: CallOf<V>;
  readonly answer: AnswerOf<V>;
};

export function isCommitOf<V extends Verb>(commit: Commit | CommitOf<V>, ...verbs: V[]): commit is CommitOf<V> {
  return verbs.some((verb) => verb === commit.call.verb);
}

/** The store's rows as they were before the newest commit: what tells what that commit changed. */
export class Shadow {
  readonly runs = new Map<string, RunView>();
  readonly nodes = new Map<number, NodeView>();
  readonly schedules = new Map<number, ScheduleView>();
  /** Runs that have not ended. */
  readonly unfinished = new Set<string>();
  readonly #state: MemoryState;
  readonly #ended = new Map<string, string>();
  /** The newest run's place in their order. */
  #newest = 0;
  readonly #enabled = new Map<string, boolean>();

  constructor(state: MemoryState) {
    this.#state = state;
  }

  /** The rows that are not as they were. Looks at what has not ended, at what the call names, and at what is new. */
  changes(call: Call): Pick<Commit, "runs" | "nodes" | "schedules" | "wasEnabled"> {
    const runs: Change<RunView>[] = [];
    const look = (id: string) => {
      const [before, now] = [this.runs.get(id), this.#state.runs.get(id)];
      if (!sameRun(before, now)) runs.push({ id, before, after: now && { ...now, attempts: [...now.attempts] } });
    };
    for (const id of this.unfinished) look(id);
    const others = new Set(namedIn(call.args));
    for (const id of this.#appeared()) others.add(id);
    if (call.verb === "runs.prune") for (const id of this.runs.keys()) if (!this.#state.runs.has(id)) others.add(id);
    for (const id of others) if (!this.unfinished.has(id)) look(id);
    return {
      runs,
      nodes: changesOf(this.nodes, this.#state.nodes),
      schedules: changesOf(this.schedules, this.#state.schedules),
      wasEnabled: (taskId) => this.#enabled.get(taskId) ?? true,
    };
  }

  /** The runs that are newer than the newest one known. */
  #appeared(): string[] {
    const ids: string[] = [];
    for (const run of this.#state.runs.all.downFrom(() => false)) {
      if (run.seq <= this.#newest) break;
      ids.push(run.id);
    }
    return ids;
  }

  advance(commit: Commit): void {
    for (const { id, after } of commit.runs) {
      const key = String(id);
      this.#newest = Math.max(this.#newest, after?.seq ?? 0);
      if (after) this.runs.set(key, after);
      else this.runs.delete(key);
      if (after && hasEnded(after.state)) {
        this.unfinished.delete(key);
        this.#ended.set(key, JSON.stringify(after));
      } else if (after) this.unfinished.add(key);
      else this.#ended.delete(key);
    }
    for (const { id, after } of commit.nodes) put(this.nodes, Number(id), after);
    for (const { id, after } of commit.schedules) put(this.schedules, Number(id), after);
    if (commit.call.verb === "tasks.apply")
      for (const { id, enabled } of this.#state.tasks.values()) this.#enabled.set(id, enabled);
  }

  /** Rows that changed although no call of those that may change them said so. Looks at everything. */
  strays(): string[] {
    const found: string[] = [];
    for (const [id, run] of this.#state.runs) {
      const ended = this.#ended.get(id);
      if (ended === undefined ? !sameRun(this.runs.get(id), run) : JSON.stringify(run) !== ended)
        found.push(`run ${id}`);
    }
    for (const id of this.runs.keys()) if (!this.#state.runs.has(id)) found.push(`run ${id}, which is gone`);
    return found;
  }

  /** The runs that have not ended once these changes are made. */
  unfinishedWith(changes: readonly Change<RunView>[]): RunView[] {
    const changed = new Map(changes.map(({ id, after }) => [String(id), after]));
    const kept = [...this.unfinished].filter((id) => !changed.has(id)).map((id) => this.runs.get(id) as RunView);
    const others = [...changed.values()].flatMap((run) => (run && !hasEnded(run.state) ? [run] : []));
    return [...kept, ...others];
  }

  /** The process's row that covers this epoch's runs. */
  heldBy(epoch: number): RunView[] {
    const held: RunView[] = [];
    for (const id of this.unfinished) {
      const run = this.runs.get(id) as RunView;
      if (run.state === "running" && run.epoch === epoch) held.push(run);
    }
    return held;
  }
}

function put<View>(rows: Map<number, View>, id: number, after: View | undefined): void {
  if (after) rows.set(id, after);
  else rows.delete(id);
}

function changesOf<View extends object>(before: Map<number, View>, now: ReadonlyMap<number, View>): Change<View>[] {
  const changes: Change<View>[] = [];
  for (const [id, row] of now) {
    const old = before.get(id);
    if (!old || !sameFields(old, row)) changes.push({ id, before: old, after: { ...row } });
  }
  for (const [id, old] of before) if (!now.has(id)) changes.push({ id, before: old, after: undefined });
  return changes;
}

function sameFields<Row extends object>(a: Row, b: Row): boolean {
  for (const key in b) if (a[key] !== b[key]) return false;
  return true;
}

/** All that may change of a run; that nothing else does is looked at less often. */
function sameRun(a: RunView | undefined, b: MemoryRun | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.state === b.state &&
    a.token === b.token &&
    a.seq === b.seq &&
    a.epoch === b.epoch &&
    a.attempts.length === b.attempts.length &&
    a.attemptCount === b.attemptCount &&
    a.failures === b.failures &&
    a.losses === b.losses &&
    a.cancelRequested === b.cancelRequested &&
    a.availableAt === b.availableAt &&
    a.startedAt === b.startedAt &&
    a.completedAt === b.completedAt &&
    a.outcome === b.outcome &&
    a.current === b.current &&
    a.progress === b.progress &&
    a.result === b.result
  );
}

/** The ids in the lists that a call was given. */
function namedIn(args: readonly unknown[]): string[] {
  return args.flatMap((list) => {
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: { id?: unknown; runId?: unknown }) =>
      [item.id, item.runId].filter((id) => typeof id === "string"),
    );
  });
}
