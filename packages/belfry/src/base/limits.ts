/** Every bound of Belfry, in one place. Units come last in the names. */
export const limits = {
  taskNameCharactersMax: 128,
  scheduleKeyCharactersMax: 128,
  schedulesPerTaskMax: 1_000,
  tasksMax: 10_000,

  patternCharactersMax: 1_000,
  everyMsMin: 1_000,
  nextFiringsMax: 1_000,
  calendarsMax: 10,
  calendarDatesMax: 4_000,
  surprisesMax: 100,

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
  /** A payload and ten calendars of 4,000 dates fit. */
  scheduleRequestBytesMax: 1024 * 1024,
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
  linksPerCommitMax: 1_500,
  /** Runs that one schedule catches up at most, and instants that wait behind an unfinished run. */
  caughtUpMax: 1_000,
  bufferedMax: 1_000,
  /** Schedules that one call to a store defines or changes, and what a page of them holds. */
  schedulesPerCommitMax: 1_000,
  /** Schedules that one `putMany` takes. */
  schedulesPerCallMax: 1_000_000,
  /** Unfinished runs that the answer of a change lists. */
  runsListedMax: 100,
  deploysKept: 100,
  releaseCharactersMax: 128,
  pauseOnFailureMax: 1_000,
  backfillConcurrencyMax: 1_000,
  backfillInstantsMax: 100_000,
  authorCharactersMax: 128,
  forecastHoursMax: 168,
  /** What an audit, an explanation, a plan list at most. */
  auditFindingsMax: 1_000,
  explainedSchedulesMax: 1_000,
  calendarsPerScheduleMax: 10,
  datesPerCalendarMax: 4_000,
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
  caughtUp: 100,
  backfillConcurrency: 1,
  noHandlerMs: 24 * 3_600_000,
} as const;
