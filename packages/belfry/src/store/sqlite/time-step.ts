/**
 * Schedules at run time, runs that wait for earlier ones, backfills, past definitions and deploys.
 *
 * What has a default is NULL where it is the default: there may be a million schedules. `next_at` is NULL where it
 * equals `due_at`, `changed_at` where it equals `since`. The schema before did not know since when a definition holds,
 * nor when a set was applied: taken for them are the newest decision, and the start of the newest node. `newest` of `meta`
 * is the highest cursor there ever was; `rewound_from` is the cursor that a schedule was set back from.
 *
 * Indexes are made before the rows come, and a row that cannot be undoes everything: sorting a large table, and a
 * journal of the one statement, would each take memory by its size.
 */
export const timeStep = `
ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN overlap TEXT NOT NULL DEFAULT 'skip';
ALTER TABLE tasks ADD COLUMN catch_up TEXT NOT NULL DEFAULT 'latest';

DROP INDEX schedules_due;
ALTER TABLE schedules RENAME TO schedules_before;
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
CREATE INDEX schedules_due ON schedules (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX schedules_code ON schedules (task, key) WHERE origin = 0 AND removed = 0;
CREATE INDEX schedules_watched ON schedules (schedule) WHERE pause_on_failure IS NOT NULL;
INSERT INTO schedules (schedule, task, origin, removed, version, cursor, since, due_at, priority, overlap, catch_up, key, spec, payload)
  SELECT schedule, task, 0, removed, version, cursor, cursor, next_at, priority, nullif(overlap, 'skip'), nullif(catch_up, 'latest'),
    key, spec, payload FROM schedules_before ORDER BY schedule;
DROP TABLE schedules_before;
ALTER TABLE meta ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET newest = (SELECT coalesce(max(cursor), 0) FROM schedules);

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
INSERT INTO deploys (app, number, digest, applied_at)
  SELECT name, 1, digest, (SELECT coalesce(max(started_at), 0) FROM nodes) FROM apps ORDER BY name;
DROP TABLE apps;

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
CREATE INDEX backfills_task ON backfills (task);
CREATE INDEX backfills_running ON backfills (state) WHERE state = 'running';
CREATE INDEX backfills_draining ON backfills (backfill) WHERE exhausted = 1 AND ended_at IS NULL;
CREATE INDEX backfills_ended ON backfills (ended_at) WHERE ended_at IS NOT NULL;

DROP INDEX runs_ready;
DROP INDEX runs_delayed;
DROP INDEX runs_running;
DROP INDEX runs_cancelling;
DROP INDEX runs_failed;
DROP INDEX runs_ended;
DROP INDEX runs_history;
DROP INDEX runs_instant;
DROP INDEX runs_unfinished;
ALTER TABLE runs RENAME TO runs_before;
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
CREATE INDEX runs_held ON runs (schedule) WHERE state = 0;
CREATE INDEX runs_delayed ON runs (available_at) WHERE state = 1;
CREATE INDEX runs_ready ON runs (task, priority DESC) WHERE state = 2;
CREATE INDEX runs_running ON runs (task, epoch) WHERE state = 3;
CREATE INDEX runs_cancelling ON runs (epoch) WHERE state = 3 AND cancel_requested = 1;
CREATE INDEX runs_failed ON runs (state) WHERE state = 5;
CREATE INDEX runs_ended ON runs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX runs_history ON runs (task);
CREATE UNIQUE INDEX runs_instant ON runs (schedule, scheduled_for) WHERE trigger = 0;
CREATE INDEX runs_again ON runs (schedule, scheduled_for) WHERE trigger > 1 AND schedule IS NOT NULL;
CREATE INDEX runs_unfinished ON runs (schedule) WHERE trigger = 0 AND state < 4;
CREATE INDEX runs_backfill ON runs (backfill, state) WHERE backfill IS NOT NULL;
INSERT OR ROLLBACK INTO runs (seq, id, task, trigger, state, priority, triggered_at, available_at, schedule, scheduled_for, attempt, failures,
    losses, token, epoch, cancel_requested, started_at, claimed_at, completed_at, outcome)
  SELECT seq, id, task, trigger, state + 1, priority, triggered_at, available_at,
    CASE WHEN trigger = 2 AND scheduled_for IS NOT NULL THEN
      (SELECT s.schedule FROM details d JOIN schedules s ON s.task = r.task AND s.key = d.schedule_key WHERE d.run = r.seq)
    ELSE schedule END,
    scheduled_for, attempt, failures, losses, token, epoch, cancel_requested, started_at, claimed_at, completed_at, outcome
  FROM runs_before r ORDER BY seq;
DROP TABLE runs_before;
`;
