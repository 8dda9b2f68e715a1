import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Belfry,
  type BelfryEvents,
  type BelfryOptions,
  createBelfry,
  defineTask,
  type Task,
} from "../../../src/index.ts";

/** A folder that is gone after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "belfry-seed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The store of a file that no other test has. */
export function freshStore(): string {
  return `sqlite:${join(freshFolder(), "belfry.db")}`;
}

/** A started engine on an SQLite store of its own, stopped after the test. */
export async function startEngine(tasks: readonly Task[], options: Partial<BelfryOptions> = {}): Promise<Belfry> {
  const belfry: Belfry = createBelfry({ store: options.store ?? freshStore(), tasks, ...options });
  onTestFinished(() => belfry.stop());
  await belfry.start();
  return belfry;
}

/** A schedule that is not due while a test runs. */
export const farAway = "0 0 29 2 *";

/** The page's task, with a handler that counts what it is called for. */
export function billOnDemand(options: { schedule?: "0 0 29 2 *" | { every: string } } = {}) {
  const calls: string[] = [];
  const task = defineTask({
    name: "billOnDemand",
    ...options,
    handler: (run) => void calls.push(run.trackingId),
  });
  return { task, calls };
}

/** The next event of a name that matches: ask before it can happen, await it after. */
export function happening<Name extends keyof BelfryEvents>(
  belfry: Belfry,
  name: Name,
  matches: (event: BelfryEvents[Name]) => boolean = () => true,
): Promise<BelfryEvents[Name]> {
  return new Promise((resolve) => {
    const end = belfry.on(name, (event) => {
      if (!matches(event)) return;
      end();
      resolve(event);
    });
  });
}

/** A handler that a test lets go on when it likes. */
export class Gate {
  readonly #open: (() => void)[] = [];
  readonly #waiting: ((id: string) => void)[] = [];
  readonly #inside: string[] = [];
  #staysOpen = false;

  /** The handler. */
  readonly handler = async ({ trackingId }: { trackingId: string }): Promise<void> => {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(trackingId);
    else this.#inside.push(trackingId);
    if (!this.#staysOpen) await new Promise<void>((resolve) => this.#open.push(resolve));
  };

  /** The next run that came in. */
  entered(): Promise<string> {
    const inside = this.#inside.shift();
    return inside === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(inside);
  }

  /** Lets the first of those inside go on. */
  open(): void {
    this.#open.shift()?.();
  }

  /** Lets everyone go on, and whoever comes later. */
  openForGood(): void {
    this.#staysOpen = true;
    for (const open of this.#open) open();
  }
}
