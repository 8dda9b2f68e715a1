import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A value that a statement takes; undefined is NULL. */
export type Value = SQLInputValue | undefined;

/** How long opening and reading wait for another process's lock, in milliseconds. */
export const lockWaitMsMax = 30_000;

/** What holds for every connection. */
const pragmas = [
  // What a kept trigger stands on: a commit has reached the disk, for which macOS needs fullfsync.
  "synchronous = FULL",
  "fullfsync = ON",
  "checkpoint_fullfsync = ON",
  // A burst's log does not stay large for ever.
  `journal_size_limit = ${16 * 1024 * 1024}`,
  `cache_size = ${-8 * 1024}`,
  "temp_store = MEMORY",
  "trusted_schema = OFF",
];

/**
 * Loads Node's own SQLite. Node 22 warns that it is experimental each time; exactly that warning is swallowed, and
 * only while it loads.
 */
function loadSqlite(): typeof import("node:sqlite") {
  const emit = process.emitWarning;
  const filtered = (...args: Parameters<typeof emit>) => {
    const [warning, second] = args as unknown[];
    const name =
      warning instanceof Error ? warning.name : typeof second === "object" ? Reflect.get(second ?? {}, "type") : second;
    if (name !== "ExperimentalWarning") Reflect.apply(emit, process, args);
  };
  process.emitWarning = filtered as typeof emit;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
}

/** One connection to the file, with its prepared statements. Each is prepared once and named by its text. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #tuples = new Map<string, StatementSync>();

  constructor(file: string, options: { readOnly: boolean }) {
    const { DatabaseSync } = loadSqlite();
    this.#database = new DatabaseSync(file, {
      readOnly: options.readOnly,
      timeout: lockWaitMsMax,
      enableForeignKeyConstraints: false,
    });
    try {
      for (const pragma of pragmas) this.#database.exec(`PRAGMA ${pragma}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Runs statements without parameters or answers. */
  exec(text: string): void {
    this.#database.exec(text);
  }

  /** The statement itself, for what is so hot that even passing the values on would show. */
  prepared(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** Runs a statement that is prepared once, and answers how many rows it changed. */
  run(text: string, ...values: Value[]): number {
    return Number(this.prepared(text).run(...bindable(values)).changes);
  }

  /** Inserts a row and answers its row id; undefined where the statement inserted nothing. */
  insert(text: string, ...values: Value[]): number | undefined {
    const { changes, lastInsertRowid } = this.prepared(text).run(...bindable(values));
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid);
  }

  /** The first row, its columns by name. */
  get<Row>(text: string, ...values: Value[]): Row | undefined {
    return this.prepared(text).get(...bindable(values)) as Row | undefined;
  }

  /** All rows, their columns by name. */
  all<Row>(text: string, ...values: Value[]): Row[] {
    return this.prepared(text).all(...bindable(values)) as Row[];
  }

  /** All rows as arrays of their columns: twice as fast, for what is hot. */
  tuples<Tuple extends readonly unknown[]>(text: string, ...values: Value[]): Tuple[] {
    let statement = this.#tuples.get(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      statement.setReturnArrays(true);
      this.#tuples.set(text, statement);
    }
    return statement.all(...bindable(values)) as unknown as Tuple[];
  }

  /** The first column of the first row, or undefined where there is no row or it is NULL. */
  value<T extends number | string>(text: string, ...values: Value[]): T | undefined {
    return this.tuples<[T | null]>(text, ...values)[0]?.[0] ?? undefined;
  }

  /** Whether a transaction is open. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Undoes the open transaction, unless SQLite did so itself. */
  rollback(): void {
    if (this.inTransaction) this.#database.exec("ROLLBACK");
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function bindable(values: Value[]): SQLInputValue[] {
  for (let index = 0; index < values.length; index++) values[index] ??= null;
  return values as SQLInputValue[];
}
