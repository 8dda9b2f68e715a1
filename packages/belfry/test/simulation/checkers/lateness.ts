import { undecided } from "../pending.ts";
import type { Process } from "../process.ts";
import type { Commit, ScheduleView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A call under way, one to read again, the one that decides, and how far off a guess of the store's clock is. */
const decidedWithinMs = 1_000;
/** How long a new definition takes to be known to others, and to be armed by them. */
const knownWithinMs = 3_000;

/** After these a schedule is known anew. */
const defining: ReadonlySet<string> = new Set(["tasks.apply", "schedules.put", "schedules.amend"]);

/** Rule 5.2: where nothing hinders anybody, lateness is one commit's, not a poll's. */
export class Lateness implements Checker {
  readonly #world: World;
  /** The store's clock when each schedule's version was defined. */
  readonly #definedAt = new Map<number, number>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ call, now, schedules }: Commit): void {
    if (defining.has(call.verb)) for (const { id } of schedules) this.#definedAt.set(Number(id), now);
  }

  onTick(): void {
    const now = this.#world.storeNow();
    for (const schedule of this.#world.shadow.schedules.values()) {
      if (!schedule.removed) this.#check(schedule, now);
    }
  }

  #check(schedule: ScheduleView, now: number): void {
    const next = undecided(this.#world, schedule, decidedWithinMs);
    if (next === undefined || next < (this.#definedAt.get(schedule.id) ?? 0) + knownWithinMs) return;
    const able = this.#world.processes.find((process) => this.#couldDecide(process, now - next));
    if (!able) return;
    const what = `${schedule.task}/${schedule.key}: ${next} has been due for ${now - next} ms, and nothing hindered ${able.name}`;
    this.#world.fail("lateness", what);
  }

  #couldDecide({ alive, phase, machine, trouble, upSince }: Process, lateMs: number): boolean {
    const { time } = this.#world;
    const cleanMs = Math.min(trouble.cleanMs(time), time - upSince);
    return alive && phase === "up" && machine.works && cleanMs > lateMs + knownWithinMs;
  }
}
