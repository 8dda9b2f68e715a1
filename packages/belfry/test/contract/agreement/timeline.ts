import type { Decided, DecidedLink, Firing } from "../../../src/store/ledger.ts";
import type {
  Amendment,
  ScheduleDefinition,
  SchedulePut,
  ScheduleRow,
  Settlement,
} from "../../../src/store/schedules.ts";
import type { Deploy, TaskDefinition } from "../../../src/store/tasks.ts";
import { type Context, longLeaseMs, scheduleOf, taskOf } from "../context.ts";
import { settlementOf, soon } from "../timetable.ts";
import type { Names } from "./names.ts";
import { type Call, counts, type DecisionKind, type ScheduleChoice, type TaskChoice } from "./verbs.ts";

type CallOf<Verb extends Call["verb"]> = Extract<Call, { verb: Verb }>;

/** Turns choices about schedules into what they come to in one store: its instants, versions and numbers. */
export class Timeline {
  readonly #c: Context;
  readonly #names: Names;
  /** What a clock that is ahead takes for due: always the same instant, so that it is decided again after a rewinding. */
  readonly #ahead: number;
  #firings = 0;

  constructor(c: Context, names: Names) {
    this.#c = c;
    this.#names = names;
    this.#ahead = c.store.now() + longLeaseMs;
  }

  /** The id of the next run that a schedule or a backfill makes. */
  nextRun(): string {
    return this.#names.firing(this.#firings++);
  }

  /** All schedules, those that were removed included. */
  rows(app?: string): Promise<ScheduleRow[]> {
    return this.#c.store.schedules.list({ app, limit: 10_000 });
  }

  async rowOf(choice: number): Promise<ScheduleRow | undefined> {
    const rows = await this.rows();
    return rows[choice % Math.max(1, rows.length)];
  }

  async deploy({ app, tasks, isStale, decision, digest, release }: CallOf<"deploy">): Promise<Deploy> {
    const name = this.#names.app(app);
    const settle: Settlement[] = [];
    for (const row of await this.rows(name)) settle.push(await this.#settle(row, isStale, decision));
    const definitions = tasks.flatMap((task, index) =>
      task.isIn ? [this.#define(task, app * counts.tasksPerApp + index)] : [],
    );
    await this.#passRemoved();
    return { app: name, digest, release, draftedAt: 0, tasks: definitions, settle };
  }

  #define({ isIn: _, schedules, ...rest }: TaskChoice, index: number): TaskDefinition {
    const rows = schedules.map((schedule) => this.#definition(schedule));
    return taskOf({ ...rest, name: this.#names.task(index), newId: this.#names.taskIds[index], schedules: rows });
  }

  #definition({ isLater, ...schedule }: ScheduleChoice): ScheduleDefinition {
    return scheduleOf({ ...schedule, ...(isLater ? soon(this.#c.store.now() + longLeaseMs) : {}) });
  }

  async put({ task, schedule, isStale, decision }: CallOf<"put">): Promise<SchedulePut> {
    const taskId = this.#names.taskIds[task] ?? "";
    const [row] = await this.#c.store.schedules.get([{ taskId, key: schedule.key }]);
    await this.#passRemoved();
    const settle = row && (await this.#settle(row, isStale, decision));
    return { taskId, definition: this.#definition(schedule), draftedAt: 0, settle, author: "me" };
  }

  async remove({ task, key }: CallOf<"remove">): Promise<{ taskId: string; key: string }> {
    const item = { taskId: this.#names.taskIds[task] ?? "", key };
    const [row] = await this.#c.store.schedules.get([item]);
    if (row) await this.#pass(row.cursor + 2);
    return item;
  }

  async amend({ schedule, kind, isStale }: CallOf<"amend">): Promise<Amendment | undefined> {
    const row = await this.rowOf(schedule);
    if (!row) return undefined;
    await this.#pass(row.cursor + 2);
    // What was decided until now must end before now in every store.
    if (kind === "rewind") await this.#pass(this.#c.store.now());
    const base = { scheduleId: row.id, version: isStale ? row.version + 1 : row.version };
    if (kind === "pause") return { ...base, kind, pause: { reason: "r" } };
    if (kind === "skip") return { ...base, kind, until: row.cursor + 3 };
    return { ...base, kind, draftedAt: 0, ...soon(this.#c.store.now() + longLeaseMs) };
  }

  async fire({ firings }: CallOf<"fire">): Promise<Firing[]> {
    const items: Firing[] = [];
    for (const { schedule, kind } of firings) {
      const row = await this.rowOf(schedule);
      if (!row) continue;
      await this.#pass(row.cursor + 3);
      const { id: scheduleId, cursor, version } = row;
      const next = kind === "invalid" ? undefined : soon(cursor + longLeaseMs);
      const firing = { scheduleId, cursor, version, next, ...this.#decide(row, kind === "stale" ? "fire" : kind) };
      items.push(kind === "stale" ? { ...firing, cursor: cursor - 1 } : firing);
    }
    return items;
  }

  async #settle(row: ScheduleRow, isStale: boolean, kind: DecisionKind | undefined): Promise<Settlement> {
    await this.#pass(row.cursor + 4);
    const version = isStale ? row.version + 1 : row.version;
    return settlementOf({ ...row, version }, kind ? this.#decide(row, kind) : {});
  }

  /** What is recorded of a removed schedule that comes back must not depend on how fast a store is. */
  async #passRemoved(): Promise<void> {
    const rows = await this.#c.store.schedules.list({ removed: true, limit: 10_000 });
    for (const { cursor } of rows) await this.#pass(cursor + 2);
  }

  /** Waits until the instant has passed, unless it was decided as of a clock that was ahead. */
  async #pass(instant: number): Promise<void> {
    if (instant < this.#c.store.now() + longLeaseMs / 2) await this.#c.pass(instant);
  }

  #decide({ cursor }: ScheduleRow, kind: DecisionKind): Decided {
    const missed: DecidedLink = { after: cursor, upTo: cursor + 1, reason: "missed" };
    const fire = (instant: number, delayMs?: number): DecidedLink => {
      const runId = this.nextRun();
      return delayMs === undefined ? { instant, runId } : { instant, runId, queued: { delayMs } };
    };
    const kinds: Record<DecisionKind, () => DecidedLink[]> = {
      fire: () => [fire(cursor + 1)],
      missed: () => [missed],
      both: () => [missed, fire(cursor + 2)],
      two: () => [fire(cursor + 1), fire(cursor + 2)],
      queued: () => [fire(cursor + 1, 0), fire(cursor + 2, longLeaseMs)],
      early: () => [fire(cursor + longLeaseMs)],
      paused: () => [{ after: cursor, upTo: cursor + 1, reason: "paused" }, fire(cursor + 2)],
      invalid: () => [{ after: cursor, upTo: cursor + 1, reason: "invalid" }],
      ahead: () => [fire(this.#ahead)],
      missAhead: () => [{ after: cursor, upTo: this.#ahead + 1, reason: "missed" }],
    };
    const isAhead = (kind === "ahead" || kind === "missAhead") && cursor < this.#ahead;
    const links = kind === "ahead" && !isAhead ? kinds.early() : kinds[kind]();
    const last = links.at(-1);
    const newCursor = last === undefined ? cursor : "instant" in last ? last.instant : last.upTo;
    return { links, newCursor, wasDueAt: isAhead ? 1 : newCursor };
  }
}
