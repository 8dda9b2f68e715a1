import type { GlobalEngine } from "../engine/global.ts";

/** User's code that is under way: a handler or an `onFailure`. What runs inside of it finds it by its context. */
export class Activity {
  readonly engine: GlobalEngine;
  /** Whose code it is, for messages. */
  readonly name: string;
  readonly print: ((level: "debug" | "info" | "warn" | "error", message: string) => void) | undefined;
  /** How many of its virtual sleeps have not ended. */
  sleeps = 0;
  hasEnded = false;
  /** What ends its sleeps without waking it: its process may die. Made with the first one. */
  drops: Set<() => void> | undefined;

  constructor(engine: GlobalEngine, name: string, print?: Activity["print"]) {
    this.engine = engine;
    this.name = name;
    this.print = print;
  }
}
