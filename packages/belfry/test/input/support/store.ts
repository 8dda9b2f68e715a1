import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { type Belfry, type BelfryOptions, createBelfry, type Task } from "../../../src/index.ts";

/** A folder that is gone after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "belfry-input-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A started engine with its file, stopped after the test. */
export async function startEngine(
  tasks: readonly Task[],
  options: Partial<BelfryOptions> = {},
): Promise<{ belfry: Belfry; file: string }> {
  const file = join(freshFolder(), "belfry.db");
  const belfry: Belfry = createBelfry({ store: `sqlite:${file}`, tasks, ...options });
  onTestFinished(() => belfry.stop());
  await belfry.start();
  return { belfry, file };
}

/** One started engine for all tests of a file, which leave it as it is. */
export function sharedEngine(tasks: readonly Task[]): () => { belfry: Belfry; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "belfry-input-"));
  const file = join(folder, "belfry.db");
  const belfry: Belfry = createBelfry({ store: `sqlite:${file}`, tasks });
  beforeAll(() => belfry.start());
  afterAll(async () => {
    await belfry.stop();
    rmSync(folder, { recursive: true });
  });
  return () => ({ belfry, file });
}

/** A store that an engine with these tasks has been at. */
export async function stoppedStore(tasks: readonly Task[]): Promise<{ store: string; file: string }> {
  const { belfry, file } = await startEngine(tasks);
  await belfry.stop();
  return { store: `sqlite:${file}`, file };
}

/** What a store holds, but for the leases of its nodes. */
export function contentOf(file: string): Record<string, unknown[]> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'nodes' ORDER BY name")
      .all();
    return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
  } finally {
    db.close();
  }
}

/** Changes a store from outside. */
export function change(file: string, statement: string): void {
  const db = new DatabaseSync(file);
  db.exec(statement);
  db.close();
}

/** What tells whether a file was touched. */
export function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
