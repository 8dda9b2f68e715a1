import { isBelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";

const triesMax = 5;
const retryMs = 200;

/**
 * Makes a call to the store again as long as its answer is lost, a few times: for calls of which two do what one does.
 * `isRepeated`: what it answers may be of a second time.
 */
export async function untilAnswered<T>(
  clock: Clock,
  call: () => Promise<T>,
): Promise<{ readonly answer: T; readonly isRepeated: boolean }> {
  for (let tries = 1; ; tries++) {
    try {
      return { answer: await call(), isRepeated: tries > 1 };
    } catch (error) {
      if (!isBelfryError(error, "E_OUTCOME_UNKNOWN") || tries >= triesMax) throw error;
      await sleep(clock, retryMs * tries);
    }
  }
}
