/**
 * What happens to an instant that is due while an earlier run of the same schedule is unfinished (a waiting retry
 * counts): `skip` records it as skipped, `allow` runs both (Temporal's SKIP and ALLOW_ALL).
 */
export type Overlap = "skip" | "allow";
