import { onTestFinished } from "vitest";
import type { Clock } from "../../../src/clock/clock.ts";
import { systemClock } from "../../../src/clock/system.ts";
import { Instance } from "../../../src/engine/instance.ts";
import { parseBelfryOptions } from "../../../src/engine/options.ts";
import { type Belfry, defineTask, type Task, type TriggerRecord } from "../../../src/index.ts";
import { socketPresence } from "../../../src/store/socket.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";

/**
 * Makes the run that the page shows, in an SQLite file: its two calls at their moments, with their ids and times.
 * Answers what `run()` answered, and the engine that did.
 */
export async function makePast(file: string): Promise<{ belfry: Belfry; result: TriggerRecord }> {
  const past = new Past();
  const billed = Promise.withResolvers<void>();
  const handler = () => {
    past.to("2022-03-20T23:00:54.036Z");
    billed.resolve();
  };
  const task = defineTask({ name: "billOnDemand", handler });
  past.to("2022-03-20T23:00:01Z", "7c2a9625f0b2119e");
  await (await past.startEngine(file, [task])).stop();
  past.to("2022-03-20T23:00:53.966Z", "b9a84d607cd79044");
  const belfry = await past.startEngine(file, [], { work: false });
  const result = await belfry.task("billOnDemand").run();
  past.to("2022-03-20T23:00:54.009Z");
  const worker = await past.startEngine(file, [task]);
  await billed.promise;
  await worker.stop();
  return { belfry, result };
}

/** A moment of the past, with the chance that it had. */
class Past {
  now = 0;
  chance = "";

  /** Goes on to a moment; ids made from then on end in `chance`. */
  to(moment: string, chance = this.chance): void {
    this.now = Date.parse(moment);
    this.chance = chance;
  }

  /** A started engine that takes this for the present, on an SQLite file. */
  async startEngine(file: string, tasks: readonly Task[], options: { work?: boolean } = {}): Promise<Belfry> {
    const clock: Clock = { ...systemClock, now: () => this.now, randomHex: () => this.chance };
    const { settings } = parseBelfryOptions({ store: `sqlite:${file}`, ...options }, {});
    const open = () => openSqliteStore({ file, clock, presence: socketPresence(`${file}.nodes`) });
    const api = () => Promise.reject(new Error("nothing is served here"));
    const belfry: Belfry = new Instance({ open, api, tasks, settings, clock, name: "past" });
    onTestFinished(() => belfry.stop());
    await belfry.start();
    return belfry;
  }
}
