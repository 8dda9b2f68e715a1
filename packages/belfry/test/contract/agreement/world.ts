import { runTriggers } from "../../../src/run/record.ts";
import { runStatuses } from "../../../src/run/states.ts";
import type { BackfillStep } from "../../../src/store/backfills.ts";
import type { Finish } from "../../../src/store/runs.ts";
import type { Claimant, ClaimedRun, Store } from "../../../src/store/store.ts";
import { type Context, failureOf, longLeaseMs } from "../context.ts";
import type { Names } from "./names.ts";
import { plain } from "./plain.ts";
import { Timeline } from "./timeline.ts";
import type { Call } from "./verbs.ts";

/** One store's side of a sequence: what its numbers became there. */
export class World {
  readonly #c: Context;
  readonly #names: Names;
  readonly #epochs: { epoch: number; taskIds: readonly string[] }[] = [];
  readonly #tokens = new Map<string, number[]>();
  readonly #fired: string[] = [];
  readonly #since: number;
  readonly #timeline: Timeline;
  #calls = 0;

  constructor(c: Context, names: Names) {
    this.#c = c;
    this.#names = names;
    this.#timeline = new Timeline(c, names);
    this.#since = c.store.now();
  }

  /** Makes a call, on the two stores in turn; answers it without what differs from store to store. */
  async call(call: Call): Promise<unknown> {
    const answer = await this.#make(call);
    return plain(answer, this.#c.store.now());
  }

  /** All that can be read. */
  async state(): Promise<unknown> {
    const { store } = this.#c;
    const own = new Set(this.#names.taskIds.map((_, index) => this.#names.task(index)));
    const rows = await store.schedules.list({ removed: true, limit: 10_000 });
    const schedules = rows.filter(({ task }) => own.has(task));
    const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 };
    const ledgers = await Promise.all(schedules.map(({ id }) => store.ledger.list(id, all)));
    const instants = ledgers.map((items) => items.map(({ upTo }) => upTo));
    const state = {
      runs: await store.runs.get(this.#names.all),
      logs: await Promise.all(this.#names.all.map((id) => store.logs.list(id, { after: 0, limit: 2_000 }))),
      newest: (await store.runs.list({ limit: 1_000 })).items,
      nodes: await store.nodes.list(),
      lives: await store.nodes.lives(this.#since, Number.MAX_SAFE_INTEGER),
      held: await Promise.all(this.#epochs.flatMap((node) => (node ? [store.runs.held(node.epoch)] : []))),
      tasks: (await store.tasks.list()).filter(({ name }) => own.has(name)),
      deploys: await Promise.all([0, 1].map((app) => store.tasks.deploys(this.#names.app(app), 100))),
      ...{ schedules, ledgers },
      outcomes: await Promise.all(schedules.map(({ id }, index) => store.ledger.outcomes(id, instants[index] ?? []))),
      past: await Promise.all(schedules.map(({ id }) => store.schedules.past(id, all))),
      summaries: await store.schedules.summaries(this.#names.taskIds),
      isAhead: ((await store.schedules.newest()) ?? 0) > store.now(),
      backfills: [await store.backfills.list({ limit: 100 }), await store.backfills.running()],
    };
    return plain(state, store.now());
  }

  #by(node: number, slots: number): Claimant {
    return { ...(this.#epochs[node] ?? { epoch: 999_999_999, taskIds: this.#names.taskIds }), slots };
  }

  /** One of the first ids, or one of those that were claimed or fired last. */
  #run(choice: number): string {
    if (choice > 7) return this.#fired.at(7 - choice) ?? "";
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
        return store.tasks.apply(await this.#timeline.deploy(call));
      case "put":
        return store.schedules.put([await this.#timeline.put(call)]);
      case "remove":
        return store.schedules.remove([await this.#timeline.remove(call)]);
      case "amend": {
        const amendment = await this.#timeline.amend(call);
        return amendment && store.schedules.amend([amendment]);
      }
      case "backfill":
      case "step":
      case "set":
        return this.#backfill(store, call);
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
      case "fire": {
        const firings = await this.#timeline.fire(call);
        const answers = await store.ledger.fire(this.#by(call.node, call.slots), firings);
        const links = answers.flatMap((answer) => (answer.outcome === "decided" ? answer.links : []));
        this.#note(links.map((link) => ("claimed" in link ? link.claimed : undefined)));
        this.#fired.push(...links.flatMap((link) => ("trackingId" in link ? [link.trackingId] : [])));
        return answers;
      }
      case "redo":
        return this.#redo(store, call);
      case "expire":
        return (await store.runs.expire(store.now() + 60_000, 1_000)).sort((a, b) => (a.id < b.id ? -1 : 1));
      case "prune":
        return store.runs.prune(Number.MAX_SAFE_INTEGER, 1_000);
      case "list": {
        const status = call.status === undefined ? undefined : runStatuses[call.status];
        const trigger = call.trigger === undefined ? undefined : runTriggers[call.trigger];
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

  /** Decides as of a clock that is ahead, sets the schedule back, and decides again. */
  async #redo(store: Store, { node, slots, schedule, kind }: Extract<Call, { verb: "redo" }>): Promise<unknown> {
    const fire = async (decided: typeof kind) => {
      const call = { verb: "fire", node, slots, firings: [{ schedule, kind: decided }] } as const;
      return store.ledger.fire(this.#by(node, slots), await this.#timeline.fire(call));
    };
    const first = await fire("ahead");
    const amendment = await this.#timeline.amend({ verb: "amend", schedule, kind: "rewind", isStale: false });
    return [first, amendment && (await store.schedules.amend([amendment])), await fire(kind)];
  }

  async #backfill(store: Store, call: Extract<Call, { verb: "backfill" | "step" | "set" }>): Promise<unknown> {
    const id = this.#names.backfills[call.backfill] ?? "";
    if (call.verb === "set") return store.backfills.set([{ id, state: call.state }]);
    if (call.verb === "backfill") {
      const row = await this.#timeline.rowOf(call.schedule);
      const rules = { from: 1_000, to: 9_000, order: "oldest", reprocess: "none", reason: "r" } as const;
      const item = { id, scheduleId: row?.id ?? 999_999_999, concurrency: call.concurrency, ...rules };
      return store.backfills.create([item]);
    }
    const [row] = await store.backfills.get([id]);
    const [position = 0, { count, passed, exhausted }] = [row?.position, call];
    const runs = Array.from({ length: count }, (_, n) => ({ id: this.#timeline.nextRun(), instant: position + n + 1 }));
    const newPosition = position + count;
    const believed = call.isStale ? position + 99 : row?.position;
    const step: BackfillStep = { id, position: believed, newPosition, exhausted, runs, passed };
    return store.backfills.step([step]);
  }
}
