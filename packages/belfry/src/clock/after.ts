/** The longest that one timer of the host can wait, in milliseconds; longer ones would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** Calls back once after `ms` milliseconds, in as many timers of the host as it takes; answers what ends it before. */
export function after(ms: number, callback: () => void): () => void {
  const waitMs = Math.min(Math.max(0, ms), timerMsMax);
  const next = () => {
    if (ms > waitMs) cancel = after(ms - waitMs, callback);
    else callback();
  };
  const timer = setTimeout(next, waitMs);
  let cancel = () => clearTimeout(timer);
  return () => cancel();
}
