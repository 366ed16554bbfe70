-- The statements of archive.db. Each has a name, by which database.py asks for it, and a line that says what it does.
-- Times are text, as in 2026-01-02T03:04:05.678Z: they sort as they are.

-- name: create_runs
-- What is known of each run; `ended` is null while it lasts.
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    version TEXT,
    command TEXT,
    started_at TEXT,
    ended TEXT
) WITHOUT ROWID;

-- name: create_targets
-- A target's history, folded, and the run that saw it last.
CREATE TABLE targets (
    target TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_checked_at TEXT NOT NULL,
    last_ok_at TEXT,
    first_failed_at TEXT,
    dead_since TEXT,
    strikes INTEGER NOT NULL,
    last_strike_at TEXT,
    all_definite INTEGER NOT NULL,
    failing_days INTEGER NOT NULL,
    last_failing_day TEXT,
    last_run TEXT NOT NULL
) WITHOUT ROWID;

-- name: create_links
-- Where each link stands: as the last run that saw it there found it.
CREATE TABLE links (
    record TEXT,
    item TEXT,
    field TEXT,
    target TEXT,
    role TEXT NOT NULL,
    line INTEGER NOT NULL,
    "column" INTEGER NOT NULL,
    url TEXT NOT NULL,
    first_run TEXT NOT NULL,
    last_run TEXT NOT NULL,
    PRIMARY KEY (record, item, field, target)
) WITHOUT ROWID;

-- name: create_links_by_target
-- For the places of one target.
CREATE INDEX links_by_target ON links (target);

-- name: create_checks
-- Every observation, in the order in which it is folded.
CREATE TABLE checks (
    target TEXT,
    checked_at TEXT,
    run TEXT,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    status INTEGER,
    final_url TEXT,
    redirects TEXT NOT NULL,
    content_type TEXT,
    bytes INTEGER,
    digest TEXT,
    attempts INTEGER NOT NULL,
    elapsed_ms REAL,
    warnings TEXT NOT NULL,
    PRIMARY KEY (target, checked_at, run)
) WITHOUT ROWID;

-- name: tables
-- What stands in the database, whichever version made it.
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%';

-- name: put_run
-- A run begins, or more is known of it.
INSERT INTO runs VALUES (:run, :version, :command, :started_at, :ended)
ON CONFLICT DO UPDATE SET
    version = coalesce(excluded.version, version),
    command = coalesce(excluded.command, command),
    started_at = coalesce(excluded.started_at, started_at),
    ended = coalesce(excluded.ended, ended);

-- name: put_link
-- A run found a link in its place: the last run's word holds, and of one run's words the first.
INSERT INTO links VALUES (:record, :item, :field, :target, :role, :line, :column, :url, :run, :run)
ON CONFLICT DO UPDATE SET
    role = iif(excluded.last_run > last_run, excluded.role, role),
    line = iif(excluded.last_run > last_run, excluded.line, line),
    "column" = iif(excluded.last_run > last_run, excluded."column", "column"),
    url = iif(excluded.last_run > last_run, excluded.url, url),
    first_run = min(excluded.first_run, first_run),
    last_run = max(excluded.last_run, last_run);

-- name: put_check
-- An observation; one that is there already stays as it is.
INSERT INTO checks VALUES (
    :target, :checked_at, :run, :verdict, :reason, :note, :status, :final_url, :redirects,
    :content_type, :bytes, :digest, :attempts, :elapsed_ms, :warnings
) ON CONFLICT DO NOTHING;

-- name: put_track
-- A target's history, after its checks are in.
REPLACE INTO targets VALUES (
    :target, :state, :first_seen_at, :last_checked_at, :last_ok_at, :first_failed_at, :dead_since,
    :strikes, :last_strike_at, :all_definite, :failing_days, :last_failing_day,
    (SELECT max(run) FROM checks WHERE target = :target AND checked_at = :last_checked_at)
);

-- name: runs
-- Every run, and how it ended.
SELECT run, ended FROM runs ORDER BY run;

-- name: tracks
-- The folded histories of the targets in a JSON array.
SELECT
    target, state, first_seen_at, last_checked_at, last_ok_at, first_failed_at, dead_since,
    strikes, last_strike_at, all_definite, failing_days, last_failing_day
FROM targets WHERE target IN (SELECT value FROM json_each(:targets));

-- name: last_checks
-- The last observation of each of the targets in a JSON array.
SELECT
    checks.target, checked_at, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings
FROM targets JOIN checks ON
    checks.target = targets.target AND checked_at = last_checked_at AND checks.run = last_run
WHERE targets.target IN (SELECT value FROM json_each(:targets));

-- name: checks_of_target
-- Every observation of a target, the oldest first.
SELECT
    target, checked_at, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings
FROM checks WHERE target = :target ORDER BY checked_at, run;

-- name: links_of_target
-- Every place where a target stands, or stood.
SELECT record, item, field, role, line, "column", url, target
FROM links WHERE target = :target ORDER BY record, line, "column", item, field;

-- name: start_of_run
-- What a run's segment begins with.
SELECT run, version, command, started_at FROM runs WHERE run = :run AND started_at IS NOT NULL;

-- name: links_of_run
-- The links whose first or last sight was a run's: of those between, nothing is kept.
SELECT record, item, field, role, line, "column", url, target
FROM links WHERE :run IN (first_run, last_run) ORDER BY record, line, "column", item, field;

-- name: checks_of_run
-- Every observation of a run, in the order of time.
SELECT
    target, checked_at, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings
FROM checks WHERE run = :run ORDER BY checked_at, target;
