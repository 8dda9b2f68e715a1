/**
 * The one error table. A row says what an error means everywhere: its message (with the value and the fix), its HTTP
 * status and its exit code. `{name}` in a message is a field the thrower must give.
 */
export const table = {
  E_BACKUP_FILE: { status: 400, exit: 2, message: "file {value} {problem}" },
  E_BACKFILL_RANGE: { status: 409, exit: 1, message: "{field} is {value}; {problem}" },
  E_BACKFILL_UNKNOWN: {
    status: 404,
    exit: 1,
    message: "there is no backfill {value}; `belfry backfill list` shows them",
  },
  E_BODY: { status: 400, exit: 2, message: "the request's body {problem}" },
  E_CANCELLED: { status: 409, exit: 1, message: "the run was cancelled{reason}" },
  E_CURSOR: { status: 400, exit: 2, message: "cursor {value} is none of ours; pass the `cursor` of the page before" },
  E_CONFIG: { status: 500, exit: 2, message: "{file} {problem}" },
  E_CONTENT_TYPE: {
    status: 415,
    exit: 2,
    message: "the request's content {problem}; send application/json in UTF-8, not compressed",
  },
  E_DEPLOY_REMOVES: {
    status: 409,
    exit: 1,
    message:
      "this set would remove {count} of the {total} tasks and schedules that the code of app {app} defines; look with `belfry plan`, and start with `--prune` where that is meant",
  },
  E_DEPLOY_UNKNOWN: { status: 404, exit: 1, message: "app {app} has no deploy {value}; `belfry deploys` shows them" },
  E_DOOR: { status: 403, exit: 2, message: "{problem}" },
  E_DURATION: {
    status: 400,
    exit: 2,
    message:
      '{field} is {value}; expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m"{range}',
  },
  E_ENGINE_AMBIGUOUS: {
    status: 409,
    exit: 2,
    message: "{count} engines are started in this process; call task() on the one you mean instead of on `agnost`",
  },
  E_FORBIDDEN: {
    status: 403,
    exit: 2,
    message: "{holder} has scope {scope}; this needs {needed}: use a key with that scope",
  },
  E_HANDLER: { status: 500, exit: 1, message: "the handler threw {value}" },
  E_HEADERS: {
    status: 431,
    exit: 2,
    message: "the request's headers are larger than {limit}; send fewer, or shorter ones",
  },
  E_IDEMPOTENCY: {
    status: 409,
    exit: 2,
    message: "idempotency key {value} of task {task} was used with another request; use a new key for a new request",
  },
  E_INTERNAL: {
    status: 500,
    exit: 1,
    message: "something failed that should not have; the server's log has it under {reference}",
  },
  E_KEY_REQUIRED: {
    status: 401,
    exit: 2,
    message: "{problem}; send one that stands as `Authorization: Bearer <key>`",
  },
  E_KEY_UNKNOWN: { status: 404, exit: 1, message: "there is no API key {value}; `belfry keys list` shows them" },
  E_LISTEN: { status: 500, exit: 3, message: "the server cannot listen on {address}: {problem}" },
  E_LOST: { status: 500, exit: 1, message: "the process that ran attempt {attempt} died or lost its lease" },
  E_METHOD: { status: 405, exit: 2, message: "{path} does not know method {method}; it knows {known}" },
  E_NO_ENGINE: {
    status: 503,
    exit: 3,
    message:
      "no Belfry engine is started in this process and no server answers at {url}; create an engine with `createBelfry` and call its `start()`, or start a server with `belfry start` and name it in BELFRY_URL",
  },
  E_NO_HANDLER: { status: 500, exit: 1, message: "no node had a handler for task {task} for {duration}" },
  E_NODE_VERSION: { status: 500, exit: 3, message: "Belfry needs Node.js 22.23 or newer; this is {value}" },
  E_NOT_READY: { status: 503, exit: 3, message: "this server cannot answer now: {problem}; its log says more" },
  E_NOT_STARTED: {
    status: 503,
    exit: 3,
    message: "{call} was called before start(); call `await belfry.start()` first",
  },
  E_OPTION: { status: 400, exit: 2, message: "{field} is {value}; expected {expected}" },
  E_OPTION_UNKNOWN: { status: 400, exit: 2, message: "{field} is no option of {owner}{nearest}; known are {known}" },
  E_OUTCOME_UNKNOWN: {
    status: 503,
    exit: 3,
    message:
      "the store did not say whether trigger {trackingId} was kept; ask getTaskStatus for it, or run again with an idempotency key",
  },
  E_PAYLOAD: { status: 400, exit: 2, message: "payload{path} of task {task} {problem}" },
  E_REQUEST: { status: 400, exit: 2, message: "what was sent is no HTTP request that can be read: {problem}" },
  E_ROUTE: { status: 404, exit: 2, message: "there is nothing at {path}; /openapi.json lists what there is" },
  E_RUN_UNFINISHED: {
    status: 409,
    exit: 1,
    message: "run {value} has not ended; cancel it first, or wait for its end, to retry it",
  },
  E_RUN_UNKNOWN: { status: 404, exit: 1, message: "there is no run {value}; runs are kept for {retention}" },
  E_SCHEDULE: { status: 400, exit: 2, message: "{field} is {value}: {problem}" },
  E_SCHEDULE_CODE: {
    status: 409,
    exit: 1,
    message: "schedule {value} of task {task} is defined by the code of its app; change it there, or pause or skip it",
  },
  E_SCHEDULE_UNKNOWN: { status: 404, exit: 2, message: "task {task} has no schedule {value}{nearest}" },
  E_SLOW: { status: 408, exit: 3, message: "the request did not arrive within {duration}; send it at once" },
  E_SQLITE_VERSION: {
    status: 500,
    exit: 3,
    message:
      "this Node.js carries SQLite {value}; 3.51.3 or newer is needed (older ones can corrupt a WAL): use Node.js 22.23 or newer",
  },
  E_STOPPED: { status: 503, exit: 3, message: "{call} was called after stop(); this engine does not start again" },
  E_STORE_BUSY: {
    status: 503,
    exit: 3,
    message: "the store's write lock was not free for {duration}; another process holds it",
  },
  E_STORE_CORRUPT: { status: 500, exit: 3, message: "store {value} is damaged ({detail}); restore it from a backup" },
  E_STORE_FILESYSTEM: {
    status: 500,
    exit: 3,
    message:
      "store {value} is on the network file system {type}, where SQLite's locks cannot be trusted; use a local disk, or PostgreSQL",
  },
  E_STORE_FULL: {
    status: 503,
    exit: 3,
    message: "store {value} has no room left; nothing was written: free some disk space",
  },
  E_STORE_IN_USE: {
    status: 409,
    exit: 3,
    message: "store {value} is in use by {nodes}; stop that first",
  },
  E_STORE_NEWER: {
    status: 500,
    exit: 3,
    message:
      "store {value} has schema {found}, written by a newer Belfry; this one knows up to {known}: upgrade Belfry",
  },
  E_STORE_NOT_DATABASE: { status: 500, exit: 3, message: "store {value} is not an SQLite database; name another file" },
  E_STORE_OPEN: { status: 500, exit: 3, message: "store {value} could not be opened: {detail}" },
  E_STORE_READONLY: {
    status: 503,
    exit: 3,
    message: "store {value} cannot be written; give this user the right to write it and its folder",
  },
  E_STORE_UNAVAILABLE: { status: 503, exit: 3, message: "the store did not answer: {detail}" },
  E_STORE_URL: { status: 400, exit: 2, message: 'store {value} is of no known kind; expected "sqlite:<file>"' },
  E_TASK_DISABLED: {
    status: 409,
    exit: 1,
    message: "task {task} is disabled; set `enabled: true` in its definition to run it",
  },
  E_TASK_DUPLICATE: {
    status: 400,
    exit: 2,
    message: "task {value} is defined twice (names are compared without regard to case); rename one",
  },
  E_TASK_FILE: { status: 500, exit: 2, message: "task file {file}: {problem}" },
  E_TASK_UNKNOWN: { status: 404, exit: 2, message: "there is no task {value}{nearest}" },
  E_TEST_TIME: {
    status: 409,
    exit: 2,
    message:
      "{call} was called from inside of a handler, or while time goes on; await the call before it, and `kit.sleep(…)` inside of handlers",
  },
  E_TIMEOUT: { status: 500, exit: 1, message: "the handler was not done after {duration}" },
  E_TIMEZONE: {
    status: 400,
    exit: 2,
    message:
      '{field} is {value}{nearest}; expected an IANA name such as "Europe/Berlin", "UTC", or a fixed offset such as "+02:00"',
  },
  E_TRACKING_ID: {
    status: 400,
    exit: 2,
    message: "tracking id {value} is malformed; expected 24 characters of 0-9 and a-f",
  },
  E_TOO_LARGE: { status: 413, exit: 2, message: "the request is larger than {limit}; send less at once" },
  E_TX_UNSUPPORTED: { status: 400, exit: 2, message: "`tx` is not supported by this store; leave it out" },
  E_UNREACHABLE: {
    status: 503,
    exit: 3,
    message: "no Belfry server answers at {url} ({detail}); start one with `belfry start`, or name another URL",
  },
  E_USAGE: { status: 400, exit: 2, message: "{problem}" },
} as const satisfies Record<string, { status: number; exit: number; message: string }>;
