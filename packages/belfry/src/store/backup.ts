/** What a backup made. */
export interface BackupReport {
  /** The file's size. */
  readonly bytes: number;
}

/** How many there are, and the first of them. */
interface Some<Item> {
  readonly count: number;
  readonly items: readonly Item[];
}

/** A run that had not ended when the backup was taken. */
export interface UnfinishedRun {
  readonly trackingId: string;
  readonly task: string;
}

/** A schedule with instants that are due since the backup: those in (after, upTo]. */
export interface ReopenedSchedule {
  readonly task: string;
  readonly key: string;
  /** The newest instant that the backup knows to be decided, in ISO 8601. */
  readonly after: string;
  /** When the store was restored. */
  readonly upTo: string;
}

/** What a restore did, and what may run a second time because of it. */
export interface RestoreReport {
  /** The restored file's size. */
  readonly bytes: number;
  /** Where the store is that stood there before; absent where none did. */
  readonly keptAs?: string;
  /** Runs that had not ended when the backup was taken: they run (again), whatever became of them since. At most 100 items. */
  readonly unfinished: Some<UnfinishedRun>;
  /** Runs that were under way and may never start twice (`onLost: "fail"`): they ended with E_LOST. At most 100 items. */
  readonly lost: Some<UnfinishedRun>;
  /** Schedules whose instants since the backup may have fired already; each one's catchUp decides anew. At most 1,000 items. */
  readonly schedules: Some<ReopenedSchedule>;
}
