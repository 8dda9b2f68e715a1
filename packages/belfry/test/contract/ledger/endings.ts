import { expect } from "vitest";
import type { ClaimedRun } from "../../../src/store/claim.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";
import { type Context, failureOf, longDelayMs, type TestNode } from "../context.ts";

/** A run that a node of its own holds. */
interface Held {
  readonly task: TaskRow;
  readonly node: TestNode;
  readonly run: ClaimedRun;
}

/** Asks for the run's end, then does what lets go of it. */
async function cancelled(c: Context, { run }: Held, then: () => Promise<unknown>): Promise<void> {
  expect(await c.other.runs.cancel([{ id: run.id }])).toEqual([{ outcome: "requested" }]);
  await then();
}

/** Every way in which a run that is held comes to its end, and its outcome then. */
export const endings: Readonly<Record<string, readonly [string, (c: Context, held: Held) => Promise<unknown>]>> = {
  complete: ["completed", (c, { run }) => c.complete(run)],
  fail: ["E_HANDLER", (c, { run }) => c.finish({ ...run, event: "fail", error: failureOf() })],
  "lost for good": ["E_LOST", (c, { node }) => c.bury(node)],
  "cancelled, and retried": [
    "E_CANCELLED",
    (c, held) =>
      cancelled(c, held, () => c.finish({ ...held.run, event: "retry", error: failureOf(), delayMs: longDelayMs })),
  ],
  "cancelled, and given back": [
    "E_CANCELLED",
    (c, held) => cancelled(c, held, () => c.finish({ ...held.run, event: "release" })),
  ],
  "cancelled, and its node leaves": [
    "E_CANCELLED",
    (c, held) => cancelled(c, held, () => c.other.nodes.leave(held.node.epoch)),
  ],
  "cancelled while it waits for its retry": [
    "E_CANCELLED",
    async (c, { run }) => {
      await c.finish({ ...run, event: "retry", error: failureOf(), delayMs: longDelayMs });
      await c.other.runs.cancel([{ id: run.id }]);
    },
  ],
  "given back, and expired": [
    "E_NO_HANDLER",
    async (c, { node, run }) => {
      await c.finish({ ...run, event: "release" });
      await c.store.nodes.leave(node.epoch);
      await c.pass(c.store.now());
      expect(await c.other.runs.expire(c.store.now(), 10)).toMatchObject([{ id: run.id }]);
    },
  ],
};

/** What happens to a run that is held and does not end it. */
export const interruptions: Readonly<Record<string, (c: Context, held: Held) => Promise<unknown>>> = {
  retry: (c, { run }) => c.finish({ ...run, event: "retry", error: failureOf(), delayMs: longDelayMs }),
  release: (c, { run }) => c.finish({ ...run, event: "release" }),
  leave: (c, { node }) => c.store.nodes.leave(node.epoch),
  "a cancelling that it has not heard of": (c, { run }) => c.other.runs.cancel([{ id: run.id }]),
};
