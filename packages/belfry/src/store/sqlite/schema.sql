-- What the migrations lead to; a test writes this file: vitest run schema --update

CREATE TABLE api_keys (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'trigger', 'admin')),
  hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
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

CREATE TABLE backfills (
  backfill INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task INTEGER NOT NULL,
  schedule INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('oldest', 'newest')),
  concurrency INTEGER NOT NULL,
  reprocess TEXT NOT NULL,
  position INTEGER,
  exhausted INTEGER NOT NULL DEFAULT 0 CHECK (exhausted BETWEEN 0 AND 1),
  made INTEGER NOT NULL DEFAULT 0,
  passed INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  priority INTEGER NOT NULL,
  reason TEXT,
  author TEXT,
  spec TEXT NOT NULL,
  payload TEXT,
  CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'cancelled')))
) STRICT;

CREATE INDEX backfills_draining ON backfills (backfill) WHERE exhausted = 1 AND ended_at IS NULL;

CREATE INDEX backfills_ended ON backfills (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX backfills_running ON backfills (state) WHERE state = 'running';

CREATE INDEX backfills_task ON backfills (task);

CREATE TABLE deploys (
  deploy INTEGER PRIMARY KEY,
  app TEXT NOT NULL,
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  release TEXT,
  applied_at INTEGER NOT NULL,
  definitions TEXT,
  UNIQUE (app, number)
) STRICT;

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
, cancel_reason TEXT) STRICT;

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

CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema INTEGER NOT NULL,
  compatible INTEGER NOT NULL,
  token INTEGER NOT NULL,
  changes INTEGER NOT NULL
, newest INTEGER NOT NULL DEFAULT 0) STRICT;

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

CREATE TABLE past_schedules (
  schedule INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  since INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  overlap TEXT,
  catch_up TEXT,
  pause_on_failure INTEGER,
  author TEXT,
  release TEXT,
  spec TEXT NOT NULL,
  payload TEXT,
  PRIMARY KEY (schedule, up_to),
  CHECK (since < up_to)
) STRICT, WITHOUT ROWID;

CREATE INDEX past_age ON past_schedules (up_to);

CREATE TABLE runs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task INTEGER NOT NULL,
  trigger INTEGER NOT NULL CHECK (trigger BETWEEN 0 AND 3),
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
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
  backfill INTEGER,
  CHECK ((completed_at IS NOT NULL) = (state >= 4)),
  CHECK (state <> 3 OR (epoch IS NOT NULL AND claimed_at IS NOT NULL AND started_at IS NOT NULL AND token > 0)),
  CHECK (state <> 0 OR trigger = 0),
  CHECK (trigger BETWEEN 1 AND 2 OR (schedule IS NOT NULL AND scheduled_for IS NOT NULL)),
  CHECK ((backfill IS NOT NULL) = (trigger = 3))
) STRICT;

CREATE INDEX runs_again ON runs (schedule, scheduled_for) WHERE trigger > 1 AND schedule IS NOT NULL;

CREATE INDEX runs_backfill ON runs (backfill, state) WHERE backfill IS NOT NULL;

CREATE INDEX runs_cancelling ON runs (epoch) WHERE state = 3 AND cancel_requested = 1;

CREATE INDEX runs_delayed ON runs (available_at) WHERE state = 1;

CREATE INDEX runs_ended ON runs (completed_at) WHERE completed_at IS NOT NULL;

CREATE INDEX runs_failed ON runs (state) WHERE state = 5;

CREATE INDEX runs_held ON runs (schedule) WHERE state = 0;

CREATE INDEX runs_history ON runs (task);

CREATE UNIQUE INDEX runs_instant ON runs (schedule, scheduled_for) WHERE trigger = 0;

CREATE INDEX runs_ready ON runs (task, priority DESC) WHERE state = 2;

CREATE INDEX runs_running ON runs (task, epoch) WHERE state = 3;

CREATE INDEX runs_unfinished ON runs (schedule) WHERE trigger = 0 AND state < 4;

CREATE TABLE schedules (
  schedule INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 1),
  removed INTEGER NOT NULL CHECK (removed BETWEEN 0 AND 1),
  version INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  since INTEGER NOT NULL,
  due_at INTEGER,
  next_at INTEGER,
  changed_at INTEGER,
  priority INTEGER NOT NULL,
  overlap TEXT,
  catch_up TEXT,
  pause_on_failure INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  pause TEXT,
  skip_until INTEGER,
  rewound_from INTEGER,
  author TEXT,
  release TEXT,
  key TEXT NOT NULL,
  spec TEXT NOT NULL,
  payload TEXT,
  UNIQUE (task, key),
  CHECK (removed = 0 OR due_at IS NULL),
  CHECK (next_at IS NULL OR due_at IS NOT NULL)
) STRICT;

CREATE INDEX schedules_code ON schedules (task, key) WHERE origin = 0 AND removed = 0;

CREATE INDEX schedules_due ON schedules (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX schedules_watched ON schedules (schedule) WHERE pause_on_failure IS NOT NULL;

CREATE TABLE spans (
  schedule INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  after INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (schedule, up_to),
  CHECK (after < up_to)
) STRICT, WITHOUT ROWID;

CREATE INDEX spans_age ON spans (up_to);

CREATE TABLE tasks (
  task INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  app TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled BETWEEN 0 AND 1),
  defined INTEGER NOT NULL CHECK (defined BETWEEN 0 AND 1),
  concurrency INTEGER CHECK (concurrency >= 0),
  on_lost TEXT NOT NULL CHECK (on_lost IN ('retry', 'fail'))
, priority INTEGER NOT NULL DEFAULT 0, overlap TEXT NOT NULL DEFAULT 'skip', catch_up TEXT NOT NULL DEFAULT 'latest') STRICT;

CREATE UNIQUE INDEX tasks_defined ON tasks (lower(name)) WHERE defined = 1;
