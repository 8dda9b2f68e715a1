import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** Hand-written SQL on Belfry's own schema, in this thread, with the same durability: what the engine is measured against. */
export class Yardstick {
  readonly #db: DatabaseSync;
  readonly #task: number;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    const row = this.#db.prepare("SELECT task FROM tasks LIMIT 1").get() as { task: number };
    this.#task = row.task;
  }

  close(): void {
    this.#db.close();
  }

  /** Inserts so many runs, so many to a commit; answers the milliseconds it took. */
  insert(count: number, perCommit: number): number {
    const insert = this.#db.prepare(
      "INSERT INTO runs (id, task, trigger, state, priority, triggered_at, available_at) VALUES (?, ?, 1, 1, 0, ?, ?)",
    );
    const startedAt = performance.now();
    for (let done = 0; done < count; done += perCommit) {
      this.#db.exec("BEGIN IMMEDIATE");
      for (let row = done; row < Math.min(count, done + perCommit); row++) {
        const now = Date.now();
        const id = Math.floor(now / 1_000).toString(16) + randomBytes(8).toString("hex");
        insert.run(id, this.#task, now, now);
      }
      this.#db.exec("COMMIT");
    }
    return performance.now() - startedAt;
  }

  /** Claims a batch in one commit, completes it in the next, until nothing is ready; answers the milliseconds it took. */
  drain(batch: number): number {
    const ready = this.#db.prepare(
      "SELECT seq, id FROM runs WHERE state = 1 AND task = ? ORDER BY priority DESC, seq LIMIT ?",
    );
    const token = this.#db.prepare("UPDATE meta SET token = token + ? RETURNING token");
    const claim = this.#db.prepare(
      "UPDATE runs SET state = 2, token = ?, epoch = 1, attempt = 1, claimed_at = ?, started_at = ? WHERE seq = ? AND state = 1",
    );
    const complete = this.#db.prepare(
      "UPDATE runs SET state = 3, completed_at = ? WHERE id = ? AND token = ? AND state = 2",
    );
    const startedAt = performance.now();
    for (;;) {
      this.#db.exec("BEGIN IMMEDIATE");
      const rows = ready.all(this.#task, batch) as { seq: number; id: string }[];
      const last = (token.get(rows.length) as { token: number }).token;
      for (const [index, { seq }] of rows.entries()) claim.run(last - index, Date.now(), Date.now(), seq);
      this.#db.exec("COMMIT");
      if (rows.length === 0) return performance.now() - startedAt;
      this.#db.exec("BEGIN IMMEDIATE");
      for (const [index, { id }] of rows.entries()) complete.run(Date.now(), id, last - index);
      this.#db.exec("COMMIT");
    }
  }
}
