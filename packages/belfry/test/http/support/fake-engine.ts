import type { BelfryEvents } from "../../../src/engine/events.ts";
import { Events } from "../../../src/engine/events.ts";
import type { Hub } from "../../../src/server/hub.ts";
import { Said } from "../../engine/support/ears.ts";

type Engine = ConstructorParameters<typeof Hub>[0]["engine"];

/** What a hub needs of an engine, told what happens by the test; counts who listens. */
export class FakeEngine {
  readonly said = new Said();
  readonly #events = new Events(this.said);
  readonly #changes = new Set<() => void>();
  listening = 0;

  get looking(): number {
    return this.#changes.size;
  }

  readonly engine = {
    on: (name: keyof BelfryEvents, listener: (event: never) => void) => {
      const end = this.#events.on(name, listener as never);
      this.listening += 1;
      return () => {
        this.listening -= 1;
        end();
      };
    },
    onChange: (listener: () => void) => {
      this.#changes.add(listener);
      return () => void this.#changes.delete(listener);
    },
  } as unknown as Engine;

  emit<Name extends keyof BelfryEvents>(name: Name, event: BelfryEvents[Name]): void {
    this.#events.emit(name, event);
  }

  /** So many runs that complete. */
  complete(count: number, task = "job"): void {
    for (let run = 0; run < count; run++) {
      this.emit("run.completed", { trackingId: String(run), task, attempt: 1, durationMs: 1 });
    }
  }

  change(): void {
    for (const listener of this.#changes) listener();
  }
}
