import type { BelfryEvents } from "../../../src/engine/events.ts";
import type { Instance } from "../../../src/engine/instance.ts";
import type { Logger } from "../../../src/engine/logger.ts";

/** What an engine has logged. */
export class Said implements Logger {
  readonly lines: string[] = [];
  readonly debug = (message: string) => void this.lines.push(`debug ${message}`);
  readonly info = (message: string) => void this.lines.push(`info ${message}`);
  readonly warn = (message: string) => void this.lines.push(`warn ${message}`);
  readonly error = (message: string) => void this.lines.push(`error ${message}`);

  get errors(): string[] {
    return this.lines.filter((line) => line.startsWith("error "));
  }
}

const names = ["run.started", "run.completed", "run.failed", "run.retrying", "firing.skipped"] as const;

/** What an engine has told by its events. */
export class Told {
  /** Their names in order, each with its attempt or, of a skipped firing, its reason: `run.started 1`. */
  readonly lines: string[] = [];
  readonly #events: { name: keyof BelfryEvents; event: unknown }[] = [];

  constructor(belfry: Instance) {
    for (const name of names) {
      belfry.on(name, (event) => {
        this.#events.push({ name, event });
        this.lines.push(`${name} ${"reason" in event ? event.reason : event.attempt}`);
      });
    }
  }

  all<Name extends keyof BelfryEvents>(name: Name): BelfryEvents[Name][] {
    return this.#events.filter((told) => told.name === name).map(({ event }) => event as BelfryEvents[Name]);
  }
}
