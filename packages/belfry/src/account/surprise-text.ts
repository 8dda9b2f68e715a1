import type { Plan } from "../api/account.ts";
import { counted } from "../base/text.ts";
import type { Surprise } from "../schedule/surprises.ts";
import { say, sayLocal } from "./say.ts";

/** What a change of the clocks does to a schedule, in a sentence. */
export function toPlanSurprise(task: string, schedule: string, surprise: Surprise): Plan["surprises"][number] {
  const { kind, local, count } = surprise;
  const others = count > 1 ? `, and so with ${counted(count - 1, "more local time")}` : "";
  return { task, schedule, local, kind, text: `${sayFate(surprise)}${others}` };
}

function sayFate({ kind, local: at, instant = 0, again = 0 }: Surprise): string {
  const local = sayLocal(at);
  switch (kind) {
    case "shifted":
      return `${local} does not exist on that day: it fires at ${say(instant)}`;
    case "lost":
      return `${local} does not exist on that day: it does not fire`;
    case "once":
      return `${local} comes twice on that day: it fires once, at ${say(instant)}`;
    case "twice":
      return `${local} comes twice on that day: it fires at ${say(instant)} and again at ${say(again)}`;
  }
}
