import type { Belfry } from "belfry";

/** What error trackers have in common: Sentry's `captureException` and `addBreadcrumb` fit. */
export interface Tracker {
  captureException(error: unknown, context: { tags: Record<string, string>; extra: Record<string, unknown> }): void;
  addBreadcrumb(breadcrumb: { message: string; data: Record<string, unknown> }): void;
}

/**
 * Tells the tracker of every run that failed for good, with the error that its handler threw: class, stack and cause
 * are the handler's own. An attempt that is tried again is only a breadcrumb. Answers what ends it.
 */
export function reportFailures(belfry: Pick<Belfry, "on">, tracker: Tracker): () => void {
  const ends = [
    belfry.on("run.retrying", ({ task, trackingId, attempt, error }) => {
      tracker.addBreadcrumb({ message: `${task} is tried again`, data: { trackingId, attempt, error } });
    }),
    belfry.on("run.failed", ({ task, trackingId, attempt, error, cause }) => {
      // Nothing was thrown here where the run was cancelled, timed out, or was lost with another process.
      const thrown = cause ?? Object.assign(new Error(error.message), { name: error.code });
      tracker.captureException(thrown, { tags: { task, code: error.code }, extra: { trackingId, attempt } });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
