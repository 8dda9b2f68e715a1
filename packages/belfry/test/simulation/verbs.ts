import type { Store } from "../../src/store/store.ts";
import type { Process } from "./process.ts";

/** The rooms of a store whose verbs go over the wire. */
export const roomNames = ["tasks", "schedules", "ledger", "runs", "backfills", "nodes", "logs"] as const;
export type RoomName = (typeof roomNames)[number];

/** `runs.claim` and the like. */
export type Verb = { [Room in RoomName]: `${Room}.${Extract<keyof Store[Room], string>}` }[RoomName];

type Signature<V extends Verb> = V extends `${infer Room extends RoomName}.${infer Name}`
  ? Name extends keyof Store[Room]
    ? Store[Room][Name] extends (...args: infer Args) => Promise<infer Answer>
      ? { args: Args; answer: Answer }
      : never
    : never
  : never;

const readVerbs: ReadonlySet<Verb> = new Set([
  ...(["tasks.current", "tasks.list", "tasks.deploys", "tasks.definitions", "ledger.list", "ledger.outcomes"] as const),
  ...([
    "schedules.due",
    "schedules.newest",
    "schedules.nextAfter",
    "schedules.list",
    "schedules.get",
    "schedules.past",
  ] as const),
  ...(["runs.held", "runs.get", "runs.list", "nodes.list", "nodes.lives", "logs.list"] as const),
  ...(["backfills.get", "backfills.list", "backfills.running"] as const),
]);

export function isRead(verb: Verb): boolean {
  return readVerbs.has(verb);
}

/** One call of a process to its store. */
export interface Call {
  readonly number: number;
  readonly process: Process;
  readonly verb: Verb;
  readonly args: readonly unknown[];
  /** True time. */
  readonly issuedAt: number;
  /** What the process took for the store's clock when it called. */
  readonly guess: number;
  /** It will never reach the store. */
  dropped: boolean;
  /** It reached the store, or never will. */
  done: boolean;
}

/** A call with the types of one verb. */
export type CallOf<V extends Verb> = Omit<Call, "verb" | "args"> & {
  readonly verb: V;
  readonly args: Signature<V>["args"];
};

/** What a verb answers. */
export type AnswerOf<V extends Verb> = Signature<V>["answer"];
