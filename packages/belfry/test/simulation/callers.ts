import { isBelfryError } from "../../src/base/errors.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** What a caller knows of one request for a run. */
export interface Entry {
  readonly number: number;
  readonly task: string;
  /** What finds its run in the store, whatever the caller was told: the run's `reason`. */
  readonly mark: string;
  readonly key?: string;
  readonly process: Process;
  readonly issuedAt: number;
  settledAt?: number;
  /** The id that was answered, or named by E_OUTCOME_UNKNOWN. */
  id?: string;
  /** Of the error that it was rejected with. */
  code?: string;
}

/** The host's code: triggers, cancels, retries and asks, in every process, and keeps a journal of what it was told. */
export class Callers {
  readonly journal: Entry[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  start(): void {
    const { random, options } = this.#world;
    const everyMs = 1_000 / options.triggersPerSecond;
    const next = () => {
      this.#world.plan(this.#world.time + random.between(0.2, 1.8) * everyMs, () => {
        if (this.#world.calm) return;
        this.#act();
        next();
      });
    };
    next();
  }

  /** Triggers any task from code of this process, and notes what came of it. */
  async trigger(process: Process): Promise<Entry> {
    const { random, versions } = this.#world;
    const plan = random.pick(random.pick(versions).tasks);
    const again = random.chance(0.15) ? random.pick(this.journal.filter(({ key }) => key !== undefined)) : undefined;
    const number = this.journal.length;
    const fresh = { number, task: plan.name, mark: `m${number}`, key: random.chance(0.2) ? `k${number}` : undefined };
    const same = again && {
      number,
      task: again.task,
      key: again.key,
      mark: random.chance(0.8) ? again.mark : fresh.mark,
    };
    const entry: Entry = { ...(same ?? fresh), process, issuedAt: this.#world.time };
    const later = !entry.key && random.chance(0.15) ? { delay: `${random.int(0, 8_000)}ms` } : {};
    const priority = !entry.key && random.chance(0.2) ? { priority: random.int(-100, 100) } : {};
    const key = entry.key === undefined ? {} : { idempotencyKey: entry.key };
    const task = process.instance.task(entry.task);
    const options = { reason: entry.mark, ...later, ...priority, ...key };
    await this.#journal(entry, () => task.run(options));
    return entry;
  }

  #act(): void {
    const { random } = this.#world;
    const process = random.pick(this.#world.processes.filter(({ phase, alive }) => alive && phase === "up"));
    if (!process) return;
    const burst = random.chance(0.05) ? random.int(2, 8) : 1;
    process.post(this.#world.time, "answer", () => {
      if (process.phase !== "up") return;
      for (let count = 0; count < burst; count++) void this.#triggerAndWait(process);
      if (random.chance(0.15)) void this.#cancel(process);
      if (random.chance(0.1)) void this.#retry(process);
      if (random.chance(0.1)) void this.#ask(process);
    });
  }

  async #journal(entry: Entry, request: () => Promise<{ trackingId: string }>): Promise<void> {
    this.journal.push(entry);
    const { world } = { world: this.#world };
    try {
      entry.id = (await request()).trackingId;
    } catch (error) {
      if (!isBelfryError(error))
        world.fail("callers", `a trigger rejected ${error instanceof Error ? error.stack : String(error)}`);
      else {
        entry.code = error.code;
        if (error.code === "E_OUTCOME_UNKNOWN") entry.id = String(error.fields.trackingId);
      }
    }
    entry.settledAt = world.time;
    world.say(
      entry.process.name,
      `request ${entry.mark} for ${entry.task}: ${entry.code ?? "acknowledged"} ${entry.id ?? ""}`,
    );
    world.noteAnswer(entry);
  }

  /** Triggers, and sometimes waits for the end, by asking once more under the same key. */
  async #triggerAndWait(process: Process): Promise<void> {
    const { task, key, mark, id, code } = await this.trigger(process);
    if (key === undefined || code !== undefined || this.#world.random.chance(0.5)) return;
    await this.#quietly(process, `wait for ${id}`, async () => {
      const record = await process.instance.task(task).runAndWait({ reason: mark, idempotencyKey: key });
      const isEnded = record.status === "completed" || record.status === "errors";
      if (!isEnded) this.#world.fail("acknowledged", `${id} was waited for, and is ${record.status}`);
      return record.status;
    });
  }

  #anyId(): string | undefined {
    const { random } = this.#world;
    return random.pick(this.journal.filter(({ id, code }) => id !== undefined && code === undefined))?.id;
  }

  async #cancel(process: Process): Promise<void> {
    const id = this.#anyId();
    if (id === undefined) return;
    await this.#quietly(process, `cancel ${id}`, async () => {
      const answer = await process.instance.runs.cancel(id);
      this.#world.noteCancel(id, answer);
      return answer;
    });
  }

  async #retry(process: Process): Promise<void> {
    const ended = [...this.#world.shadow.runs.values()].filter(({ state }) => state === "failed");
    const run = this.#world.random.pick(ended.length > 0 ? ended : [...this.#world.shadow.runs.values()]);
    if (!run) return;
    const number = this.journal.length;
    const entry: Entry = { number, task: run.task, mark: `m${number}`, process, issuedAt: this.#world.time };
    await this.#journal(entry, () => process.instance.runs.retry(run.id, { reason: entry.mark }));
  }

  async #ask(process: Process): Promise<void> {
    const known = this.#world.random.pick(
      this.journal.filter(({ id, code }) => id !== undefined && code === undefined),
    );
    if (!known?.id) return;
    const { id, task } = known;
    await this.#quietly(process, `ask ${id}`, async () => {
      const record = await process.instance.task(task).getTaskStatus(id);
      if (!record && this.#world.shadow.runs.has(id))
        this.#world.fail("acknowledged", `${id} of ${task} was acknowledged, and getTaskStatus answers null`);
      return record?.status ?? "null";
    });
  }

  async #quietly(process: Process, what: string, call: () => Promise<string>): Promise<void> {
    try {
      this.#world.say(process.name, `${what}: ${await call()}`);
    } catch (error) {
      if (!isBelfryError(error))
        this.#world.fail("callers", `${what} rejected ${error instanceof Error ? error.stack : String(error)}`);
      else this.#world.say(process.name, `${what}: ${error.code}`);
    }
  }
}
