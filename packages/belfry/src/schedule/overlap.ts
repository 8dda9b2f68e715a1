/** What may happen to an instant that is due while an earlier run of the same schedule is unfinished. */
export const overlaps = ["skip", "bufferOne", "bufferAll", "cancelOther", "allow"] as const;

/**
 * What happens to an instant that is due while an earlier run of the same schedule is unfinished (a waiting retry
 * counts), in Temporal's words:
 * - `skip`: it is recorded as `overlap` and does not run.
 * - `bufferOne`: its run waits until the earlier ones have ended; while one waits, later instants are `bufferFull`.
 * - `bufferAll`: its run waits its turn; beyond 1,000 that wait, instants are `bufferFull`.
 * - `cancelOther`: what is unfinished is cancelled, and its run starts once that has ended.
 * - `allow`: both run.
 */
export type Overlap = (typeof overlaps)[number];
