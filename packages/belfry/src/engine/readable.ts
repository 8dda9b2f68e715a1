import { type CatchUpRule, readCatchUp } from "../schedule/catchup.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { ScheduleRow } from "../store/schedules.ts";

/** A schedule's row, ready to be asked. */
export interface Readable {
  readonly spec: ScheduleSpec;
  readonly schedule: CompiledSchedule;
  readonly catchUp: CatchUpRule;
}

/** What of a row has to be read. */
export type Written = Pick<ScheduleRow, "task" | "key" | "spec" | "catchUp">;

const keptMax = 10_000;

/** What a row says. Throws what is wrong with one that cannot be read: of another version, or changed by hand. */
export function readRow({ task, key, spec, catchUp }: Written): Readable {
  const parsed = JSON.parse(spec) as ScheduleSpec;
  return { spec: parsed, schedule: compile(parsed, `${task}/${key}`), catchUp: readCatchUp(catchUp) };
}

/** Rows that were read, while there is room: to read one costs more than to ask it. */
export class ReadRows {
  /** By spec, each with the catch-up rule that it was read with last. */
  readonly #known = new Map<string, { readonly readable: Readable; readonly text: string }>();

  /** As `readRow`. Schedules that say the same share it, but those that spread: each has a share of its own. */
  read(row: Written): Readable {
    const { task, key, spec, catchUp } = row;
    const text = spec.includes("spread") ? `${spec}\n${task}/${key}` : spec;
    const known = this.#known.get(text);
    if (known?.text === catchUp) return known.readable;
    const readable = known ? { ...known.readable, catchUp: readCatchUp(catchUp) } : readRow(row);
    if (this.#known.size >= keptMax) this.#known.clear();
    this.#known.set(text, { readable, text: catchUp });
    return readable;
  }
}
