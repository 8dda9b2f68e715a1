import type { Firing } from "../../../src/store/ledger.ts";
import type { Finish } from "../../../src/store/runs.ts";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import type { Claimant, ClaimedRun } from "../../../src/store/store.ts";
import type { Deploy } from "../../../src/store/tasks.ts";
import { type Context, failureOf, freshId, longLeaseMs, scheduleOf, taskOf } from "../context.ts";
import { settlementOf } from "../timetable.ts";
import { plain } from "./plain.ts";
import { type Call, counts, type TaskChoice } from "./verbs.ts";

/** What two stores must have in common for their answers to be comparable: the ids that callers choose. */
export class Names {
  readonly #prefix = freshId();
  readonly runs = Array.from({ length: counts.runs }, freshId);
  readonly taskIds = Array.from({ length: counts.apps * counts.tasksPerApp }, freshId);
  readonly #made: string[] = [];

  app(index: number): string {
    return `app-${this.#prefix}-${index}`;
  }

  task(index: number): string {
    return `task-${this.#prefix}-${index}`;
  }

  /** The n-th id of a run that a schedule makes, the same for whoever asks. */
  firing(n: number): string {
    this.#made[n] ??= freshId();
    return this.#made[n];
  }

  get all(): string[] {
    return [...this.runs, ...this.#made];
  }
}

/** One store's side of a sequence: what its numbers became there. */
export class World {
  readonly #c: Context;
  readonly #names: Names;
  readonly #epochs: { epoch: number; taskIds: readonly string[] }[] = [];
  readonly #tokens = new Map<string, number[]>();
  #firings = 0;
  #calls = 0;

  constructor(c: Context, names: Names) {
    this.#c = c;
    this.#names = names;
  }

  /** Makes a call, on the two stores in turn; answers it without what differs from store to store. */
  async call(call: Call): Promise<unknown> {
    const answer = await this.#make(call);
    return plain(answer, this.#c.store.now());
  }

  /** All that can be read. */
  async state(): Promise<unknown> {
    const { store } = this.#c;
    const ledgers = (await this.#schedules()).map(({ id }) =>
      store.ledger.list(id, { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 }),
    );
    const own = new Set(this.#names.taskIds.map((_, index) => this.#names.task(index)));
    const state = {
      runs: await store.runs.get(this.#names.all),
      logs: await Promise.all(this.#names.all.map((id) => store.logs.list(id, { after: 0, limit: 2_000 }))),
      newest: (await store.runs.list({ limit: 1_000 })).items,
      nodes: await store.nodes.list(),
      held: await Promise.all(this.#epochs.flatMap((node) => (node ? [store.runs.held(node.epoch)] : []))),
      tasks: (await store.tasks.list()).filter(({ name }) => own.has(name)),
      schedules: await this.#schedules(),
      ledgers: await Promise.all(ledgers),
    };
    return plain(state, store.now());
  }

  async #schedules(): Promise<ScheduleRow[]> {
    return this.#c.store.schedules.list();
  }

  #by(node: number, slots: number): Claimant {
    return { ...(this.#epochs[node] ?? { epoch: 999_999_999, taskIds: this.#names.taskIds }), slots };
  }

  /** One of the first ids, or one of the runs that were claimed last. */
  #run(choice: number): string {
    const claimed = [...this.#tokens.keys()];
    return (choice > 1 ? claimed.at(1 - choice) : undefined) ?? this.#names.runs[choice] ?? "";
  }

  #tokenOf(run: string, choice: number): number {
    const tokens = this.#tokens.get(run) ?? [];
    if (choice === 0) return 0;
    if (choice === 1) return tokens[0] ?? 1;
    return tokens.at(-1) ?? 1;
  }

  #note(runs: readonly (ClaimedRun | undefined)[]): void {
    for (const run of runs) {
      if (!run) continue;
      const tokens = [...(this.#tokens.get(run.id) ?? []), run.token];
      this.#tokens.delete(run.id);
      this.#tokens.set(run.id, tokens);
    }
  }

  async #make(call: Call): Promise<unknown> {
    this.#calls += 1;
    const store = this.#calls % 2 === 0 ? this.#c.other : this.#c.store;
    const { runs } = this.#names;
    switch (call.verb) {
      case "deploy":
        return { ...(await store.tasks.apply(await this.#deploy(call))), now: undefined };
      case "register": {
        const taskIds = call.tasks.map((index) => this.#names.taskIds[index] ?? "");
        const { epoch } = await store.nodes.register({ name: `node-${call.node}`, leaseMs: longLeaseMs, taskIds });
        this.#epochs[call.node] = { epoch, taskIds };
        return undefined;
      }
      case "renew":
        return store.nodes.renew(this.#by(call.node, 0).epoch);
      case "leave":
        return store.nodes.leave(this.#by(call.node, 0).epoch);
      case "reap": {
        const nodes = await store.nodes.list();
        const suspects = call.suspects.map(({ node, isProved }) => {
          const { epoch } = this.#by(node, 0);
          return isProved ? { epoch } : { epoch, expiresAt: nodes.find((row) => row.epoch === epoch)?.expiresAt ?? 1 };
        });
        const by = this.#by(call.node, 0).epoch;
        return store.nodes.reap(
          by,
          suspects.filter(({ epoch }) => epoch !== by),
        );
      }
      case "insert": {
        const items = call.runs.map(({ run, task, key, ...rest }) => {
          const [id = "", taskId = ""] = [runs[run], this.#names.taskIds[task]];
          return { ...rest, id, taskId, trigger: "manual" as const, idempotency: key };
        });
        const answers = await store.runs.insert(
          items,
          call.node === undefined ? undefined : this.#by(call.node, call.slots),
        );
        this.#note(answers.map((answer) => ("claimed" in answer ? answer.claimed : undefined)));
        return answers;
      }
      case "claim": {
        const answer = await store.runs.claim(this.#by(call.node, call.slots));
        if (answer.outcome === "claimed") this.#note(answer.runs);
        return answer;
      }
      case "finish":
        return store.runs.finish(call.items.map((item) => this.#finish(item)));
      case "progress": {
        const id = this.#run(call.run);
        return store.runs.progress([{ id, token: this.#tokenOf(id, call.token), value: call.count / 4 }]);
      }
      case "log": {
        const id = this.#run(call.run);
        const lines = Array.from({ length: call.count }, (_, n) => ({
          at: 1,
          attempt: 1,
          level: "info" as const,
          message: `${n}`,
        }));
        return store.logs.append([{ id, token: this.#tokenOf(id, call.token), lines }]);
      }
      case "cancel":
        return store.runs.cancel(call.runs.map((run) => ({ id: this.#run(run), reason: call.reason })));
      case "fire":
        return this.#fire(call);
      case "expire":
        return (await store.runs.expire(store.now() + 60_000, 1_000)).sort((a, b) => (a.id < b.id ? -1 : 1));
      case "prune":
        return store.runs.prune(Number.MAX_SAFE_INTEGER, 1_000);
      case "list": {
        const status =
          call.status === undefined
            ? undefined
            : (["pending", "processing", "completed", "errors"] as const)[call.status];
        const trigger =
          call.trigger === undefined ? undefined : (["schedule", "manual", "retry"] as const)[call.trigger];
        const task = call.task === undefined ? undefined : this.#names.task(call.task);
        const { items, cursor } = await store.runs.list({ task, status, trigger, limit: call.limit });
        return { items, hasMore: cursor !== undefined };
      }
    }
  }

  #finish({ run, token, event, delayMs }: Extract<Call, { verb: "finish" }>["items"][number]): Finish {
    const id = this.#run(run);
    const holding = { id, token: this.#tokenOf(id, token) };
    const error = failureOf();
    const events = [
      { ...holding, event: "complete", result: "1" },
      { ...holding, event: "fail", error },
      { ...holding, event: "retry", error, delayMs },
      { ...holding, event: "release" },
    ] as const satisfies Finish[];
    return events[event] ?? events[3];
  }

  async #deploy({ app, tasks, isStale, decision }: Extract<Call, { verb: "deploy" }>): Promise<Deploy> {
    const name = this.#names.app(app);
    const settle = [];
    for (const schedule of await this.#c.store.schedules.list(name)) {
      await this.#c.pass(schedule.cursor + 2);
      const { cursor, version } = schedule;
      const missed = { after: cursor, upTo: cursor + 1 };
      const decisions = [
        undefined,
        { fire: cursor + 1, cursor: cursor + 1, nextAt: undefined },
        { missed, cursor: cursor + 1, nextAt: undefined },
        { missed, fire: cursor + 2, cursor: cursor + 2, nextAt: undefined },
      ];
      const runId = this.#names.firing(this.#firings++);
      settle.push(
        settlementOf(
          { ...schedule, version: isStale ? version + 1 : version },
          { decision: decisions[decision], runId },
        ),
      );
    }
    const definitions = tasks.flatMap((task, index) =>
      task.isIn ? [this.#define(task, app * counts.tasksPerApp + index)] : [],
    );
    return { app: name, digest: "d", draftedAt: 0, tasks: definitions, settle };
  }

  #define({ isIn: _, schedules, ...rest }: TaskChoice, index: number) {
    const rows = schedules.map(({ isLater, ...schedule }) =>
      scheduleOf({ ...schedule, nextAt: isLater ? this.#c.store.now() + longLeaseMs : undefined }),
    );
    return taskOf({ ...rest, name: this.#names.task(index), newId: this.#names.taskIds[index], schedules: rows });
  }

  async #fire({ node, slots, firings }: Extract<Call, { verb: "fire" }>): Promise<unknown> {
    const rows = await this.#schedules();
    const items: Firing[] = [];
    for (const { schedule, kind } of firings) {
      const runId = this.#names.firing(this.#firings++);
      const row = rows[schedule % Math.max(1, rows.length)];
      if (!row) continue;
      await this.#c.pass(row.cursor + 3);
      const { id: scheduleId, cursor, version } = row;
      const base = { scheduleId, cursor, version, runId, nextAt: cursor + longLeaseMs };
      const missed = { after: cursor, upTo: cursor + 1 };
      const kinds = {
        fire: { fire: cursor + 1, newCursor: cursor + 1 },
        missed: { missed, newCursor: cursor + 1 },
        both: { missed, fire: cursor + 2, newCursor: cursor + 2 },
        early: { fire: cursor + longLeaseMs, newCursor: cursor + longLeaseMs },
        stale: { fire: cursor + 1, newCursor: cursor + 1, cursor: cursor - 1 },
      };
      items.push({ ...base, ...kinds[kind] });
    }
    const answers = await this.#c.store.ledger.fire(this.#by(node, slots), items);
    this.#note(answers.map((answer) => (answer.outcome === "fired" ? answer.claimed : undefined)));
    return answers;
  }
}
