import { timeStep } from "./time-step.ts";

/** A numbered step of the schema. `compatible` is the lowest schema that an engine must know to use a store that has it. */
interface Migration {
  readonly compatible: number;
  readonly sql: string;
}

/**
 * Times are milliseconds since 1970; states and triggers are numbers (`states.ts`). A row of `runs` holds what every
 * run has; what only some have stands in `details`. The last attempt of a run is its own columns, earlier ones are
 * rows of `attempts`. Runs refer to nodes by epoch, so an ended node stays while a run may name it. `meta` has the
 * newest fencing token and a count of commits that changed more than leases: what other nodes want to hear of.
 */
const first = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema INTEGER NOT NULL,
  compatible INTEGER NOT NULL,
  token INTEGER NOT NULL,
  changes INTEGER NOT NULL
) STRICT;

CREATE TABLE apps (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  task INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  app TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled BETWEEN 0 AND 1),
  defined INTEGER NOT NULL CHECK (defined BETWEEN 0 AND 1),
  concurrency INTEGER CHECK (concurrency >= 0),
  on_lost TEXT NOT NULL CHECK (on_lost IN ('retry', 'fail'))
) STRICT;
CREATE UNIQUE INDEX tasks_defined ON tasks (lower(name)) WHERE defined = 1;

CREATE TABLE schedules (
  schedule INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  next_at INTEGER,
  version INTEGER NOT NULL,
  removed INTEGER NOT NULL CHECK (removed BETWEEN 0 AND 1),
  priority INTEGER NOT NULL,
  overlap TEXT NOT NULL,
  catch_up TEXT NOT NULL,
  key TEXT NOT NULL,
  spec TEXT NOT NULL,
  payload TEXT,
  UNIQUE (task, key),
  CHECK (removed = 0 OR next_at IS NULL)
) STRICT;
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE spans (
  schedule INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  after INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (schedule, up_to),
  CHECK (after < up_to)
) STRICT, WITHOUT ROWID;
CREATE INDEX spans_age ON spans (up_to);

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task INTEGER NOT NULL,
  trigger INTEGER NOT NULL CHECK (trigger BETWEEN 0 AND 2),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
  priority INTEGER NOT NULL,
  triggered_at INTEGER NOT NULL,
  available_at INTEGER NOT NULL,
  schedule INTEGER,
  scheduled_for INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  losses INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  claimed_at INTEGER,
  completed_at INTEGER,
  outcome TEXT,
  CHECK ((completed_at IS NOT NULL) = (state >= 3)),
  CHECK (state <> 2 OR (epoch IS NOT NULL AND claimed_at IS NOT NULL AND started_at IS NOT NULL AND token > 0)),
  CHECK (trigger <> 0 OR (schedule IS NOT NULL AND scheduled_for IS NOT NULL))
) STRICT;
CREATE INDEX runs_ready ON runs (task, priority DESC) WHERE state = 1;
CREATE INDEX runs_delayed ON runs (available_at) WHERE state = 0;
CREATE INDEX runs_running ON runs (task, epoch) WHERE state = 2;
CREATE INDEX runs_cancelling ON runs (epoch) WHERE state = 2 AND cancel_requested = 1;
CREATE INDEX runs_failed ON runs (state) WHERE state = 4;
CREATE INDEX runs_ended ON runs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX runs_history ON runs (task);
CREATE UNIQUE INDEX runs_instant ON runs (schedule, scheduled_for) WHERE trigger = 0;
CREATE INDEX runs_unfinished ON runs (schedule) WHERE schedule IS NOT NULL AND state < 3;

CREATE TABLE details (
  run INTEGER PRIMARY KEY,
  payload TEXT,
  reason TEXT,
  retry_of TEXT,
  root_id TEXT,
  schedule_key TEXT,
  result TEXT,
  result_error TEXT,
  progress REAL,
  note TEXT,
  error TEXT,
  lines_dropped INTEGER
) STRICT;

CREATE TABLE attempts (
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  node TEXT NOT NULL,
  token INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (run, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
  run INTEGER NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  task INTEGER NOT NULL,
  key TEXT NOT NULL,
  request BLOB NOT NULL,
  run_id TEXT NOT NULL,
  triggered_at INTEGER NOT NULL,
  available_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (task, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_age ON keys (made_at);

CREATE TABLE nodes (
  epoch INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  lease_ms INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  socket TEXT,
  boot_id TEXT,
  task_ids TEXT NOT NULL
) STRICT;
CREATE INDEX nodes_ended ON nodes (ended_at) WHERE ended_at IS NOT NULL;
`;

/** Keys of the HTTP API. A key that was revoked stays, so that a store which once had one is never open again. */
const apiKeys = `
CREATE TABLE api_keys (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'trigger', 'admin')),
  hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
`;

/** Why the cancelling of a run was asked for, until it ends. */
const cancelReasons = "ALTER TABLE details ADD COLUMN cancel_reason TEXT;";

/** Every step, in order; the schema that a step leads to is its place, from 1. Steps are never changed, only added. */
export const migrations: readonly Migration[] = [
  { compatible: 1, sql: first },
  { compatible: 1, sql: apiKeys },
  { compatible: 1, sql: cancelReasons },
  { compatible: 4, sql: timeStep },
];
