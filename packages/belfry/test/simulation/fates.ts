import type { ErrorCode } from "../../src/base/errors.ts";
import { isRead, type Verb } from "./verbs.ts";
import type { World } from "./world.ts";

/** What is to become of a call. All durations count from when it was made, but for the answer's way back. */
export interface Fate {
  readonly kind: "ok" | "refused" | "answerLost" | "late" | "lost";
  readonly code: ErrorCode;
  readonly requestMs: number;
  readonly answerMs: number;
  /** When the caller is told that nobody knows. */
  readonly givesUpMs: number;
  /** When a late call is applied: after that. */
  readonly appliedMs: number;
  /** It fails, or takes so long that nothing can be expected of its process. */
  readonly troubled: boolean;
}

/** Slower than this, there and back, is a fault. */
export const troubledMs = 300;

export function fateOf(world: World, verb: Verb): Fate {
  const { random, callMsMax } = world;
  const { latencyMs } = world.options;
  const way = () => (world.slow ? random.spread(50, callMsMax / 2 - 1) : random.spread(latencyMs / 4, latencyMs * 2));
  const [requestMs, answerMs] = [way(), way()];
  const kind = isRead(verb) ? readKind(world) : writeKind(world);
  const givesUpMs = random.between(requestMs, callMsMax);
  return {
    kind,
    code: random.chance(0.5) ? "E_STORE_UNAVAILABLE" : "E_STORE_BUSY",
    ...{ requestMs, answerMs, givesUpMs, appliedMs: random.between(givesUpMs, callMsMax) },
    troubled: kind !== "ok" || requestMs + answerMs > troubledMs,
  };
}

function readKind({ random, calls }: World): Fate["kind"] {
  return random.chance(calls.refused) ? "refused" : "ok";
}

function writeKind({ random, calls }: World): Fate["kind"] {
  const { refused, answerLost, late, lost } = calls;
  const drawn = random.next();
  if (drawn < refused) return "refused";
  if (drawn < refused + answerLost) return "answerLost";
  if (drawn < refused + answerLost + late) return "late";
  return drawn < refused + answerLost + late + lost ? "lost" : "ok";
}
