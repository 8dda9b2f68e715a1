/** Every bound of Belfry, in one place. Units come last in the names. */
export const limits = {
  taskNameCharactersMax: 128,
  scheduleKeyCharactersMax: 128,
  schedulesPerTaskMax: 1_000,
  tasksMax: 10_000,

  patternCharactersMax: 1_000,
  everyMsMin: 1_000,
  nextFiringsMax: 1_000,

  payloadBytesMax: 256 * 1024,
  resultBytesMax: 256 * 1024,
  jsonDepthMax: 64,
  idempotencyKeyCharactersMax: 255,
  idempotencyKeptMs: 24 * 3_600_000,
  keyNameCharactersMax: 128,
  reasonCharactersMax: 1_000,
  progressNoteCharactersMax: 1_000,

  errorMessageCharactersMax: 8_000,
  errorCauseDepthMax: 8,
  attemptsKept: 100,

  logLinesPerRunMax: 1_000,
  logMessageCharactersMax: 8_000,
  logDataBytesMax: 16 * 1024,

  requestBytesMax: 512 * 1024,
  bulkRequestBytesMax: 16 * 1024 * 1024,
  bulkTriggersMax: 1_000,
  allowedHostsMax: 100,

  priorityMin: -100,
  priorityMax: 100,
  retriesMax: 1_000,
  concurrencyMax: 10_000,
  lossesMax: 3,

  durationMsMax: 366 * 24 * 3_600_000,
  leaseMsMin: 1_000,
  leaseMsMax: 10 * 60_000,
  retentionMsMin: 3_600_000,

  /** Instants outside of these years are refused: zone data and four-digit ISO dates hold within. */
  instantMin: 0,
  instantMax: Date.UTC(2100, 0, 1) - 1,

  firingsPerCommitMax: 500,
  prunedPerCommitMax: 500,
  callsPerCommitMax: 1_000,
  pageItemsDefault: 50,
  pageItemsMax: 1_000,
  /** A page of runs ends once it has so much. */
  pageBytesMax: 8 * 1024 * 1024,

  eventsKeptMax: 1_000,
  streamQueueBytesMax: 256 * 1024,
  streamQueueEventsMax: 1_000,
} as const;

/** What holds where nothing is said. Documented in the docstrings of the options. */
export const defaults = {
  app: "default",
  timezone: "UTC",
  concurrencyPerNode: 100,
  leaseMs: 10_000,
  stopGraceMs: 30_000,
  retentionMs: 7 * 24 * 3_600_000,
  priority: 0,
  retries: 0,
  backoffMs: 1_000,
  backoffMsMax: 3_600_000,
  lateAfterMs: 30_000,
  catchUpWindowMs: 24 * 3_600_000,
  noHandlerMs: 24 * 3_600_000,
} as const;
