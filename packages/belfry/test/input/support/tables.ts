import { afterEach, beforeEach, expect, test } from "vitest";
import type { Belfry, ErrorCode, Task } from "../../../src/index.ts";
import { expectRefused } from "./refusal.ts";
import { contentOf, sharedEngine } from "./store.ts";

/** A call, and how it is refused: its code, and what its message says. */
export type Row = [name: string, call: (belfry: Belfry) => unknown, code: ErrorCode, ...parts: string[]];

/** One engine for a file of tables; `refused` makes each row a test, after which the store is as it was. */
export function tables(tasks: readonly Task[]) {
  const engine = sharedEngine(tasks);
  let before: ReturnType<typeof contentOf>;
  beforeEach(() => {
    before = contentOf(engine().file);
  });
  afterEach(({ task }) => {
    if (task.name.startsWith("refused: ")) expect(contentOf(engine().file)).toEqual(before);
  });
  const refused = (rows: readonly Row[]): void => {
    for (const [name, call, code, ...parts] of rows) {
      test(`refused: ${name}`, () => expectRefused(() => call(engine().belfry), code, ...parts));
    }
  };
  return { engine, refused };
}
