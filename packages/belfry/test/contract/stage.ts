import { Context, type Pair } from "./context.ts";
import type { Subject } from "./stores.ts";
import { settlementOf } from "./timetable.ts";

type Opened = Awaited<ReturnType<Subject["open"]>>;

/**
 * Gives each test two stores on data that are as good as new. Opening costs far more than most tests, so stores are
 * swept and used again; those of a test that failed never are.
 */
export class Stage {
  readonly #subject: Subject;
  #opened: Opened | undefined;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  async use(run: (c: Context) => Promise<void>): Promise<void> {
    const opened = this.#opened ?? (await this.#subject.open());
    this.#opened = undefined;
    try {
      await run(new Context(opened));
      await sweep(opened);
      this.#opened = opened;
    } finally {
      if (!this.#opened) await opened.end();
    }
  }

  /** For a test that needs stores that nobody used before, or that closes them. */
  async useNew(run: (c: Context) => Promise<void>): Promise<void> {
    const opened = await this.#subject.open();
    try {
      await run(new Context(opened));
    } finally {
      await opened.end();
    }
  }

  async end(): Promise<void> {
    await this.#opened?.end();
  }
}

/** Ends and deletes all that can be: tasks that are no longer defined remain, and numbers go on growing. */
async function sweep({ store }: Pair): Promise<void> {
  await Promise.all((await store.nodes.list()).map(({ epoch }) => store.nodes.leave(epoch)));
  const apps = new Set((await store.tasks.list()).flatMap(({ app, defined }) => (defined ? [app] : [])));
  const all = { limit: 10_000 };
  const backfills = await store.backfills.list(all);
  await store.backfills.set(backfills.map(({ id }) => ({ id, state: "cancelled" })));
  const schedules = await store.schedules.list(all);
  await store.schedules.remove(schedules.filter(({ origin }) => origin === "runtime"));
  const remove = async (app: string) => {
    const settle = schedules
      .filter((schedule) => schedule.app === app && schedule.origin === "code")
      .map((schedule) => settlementOf(schedule));
    const { outcome } = await store.tasks.apply({ app, digest: "swept", draftedAt: 0, tasks: [], settle });
    if (outcome !== "applied") throw new Error(`the sweep is ${outcome}`);
  };
  await Promise.all([...apps].map(remove));
  await store.runs.cancel((await store.runs.list(all)).items.map(({ id }) => ({ id })));
  await store.runs.prune(Number.MAX_SAFE_INTEGER, all.limit);
  const { items } = await store.runs.list(all);
  const left = [await store.nodes.list(), await store.schedules.list(all), await store.backfills.list(all), items];
  if (left.some((rows) => rows.length > 0)) throw new Error("something cannot be swept");
}
