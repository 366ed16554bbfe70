-- The statements of archive.db. Each has a name, by which reader.py and database.py ask for it, and a line that says what it does.
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
    snapshot TEXT,
    image TEXT,
    PRIMARY KEY (target, checked_at, run)
) WITHOUT ROWID;

-- name: create_probes
-- What sites answered to addresses that cannot exist.
CREATE TABLE probes (
    host TEXT,
    folder TEXT,
    extension TEXT,
    probed_at TEXT,
    run TEXT,
    url TEXT NOT NULL,
    status INTEGER,
    final_url TEXT NOT NULL,
    vocabulary BLOB NOT NULL,
    is_challenge INTEGER NOT NULL,
    PRIMARY KEY (host, folder, extension, probed_at, run)
) WITHOUT ROWID;

-- name: create_images
-- Every image that was looked into, by its digest, as the last check of it has it; `path` is null where it is not kept.
CREATE TABLE images (
    digest TEXT PRIMARY KEY,
    seen_at TEXT NOT NULL,
    path TEXT,
    bytes INTEGER NOT NULL,
    format TEXT,
    width INTEGER,
    height INTEGER,
    frames INTEGER NOT NULL,
    fault TEXT,
    phash TEXT,
    dhash TEXT,
    thumbhash TEXT,
    dominant_colour TEXT
) WITHOUT ROWID;

-- name: create_thumbnails
-- The thumbnails of images that are kept.
CREATE TABLE thumbnails (
    digest TEXT,
    width INTEGER,
    format TEXT,
    height INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (digest, width, format)
) WITHOUT ROWID;

-- name: create_cached
-- What is held of each image's address, folded: its cached copy, and the newest one that was good, found at `url`.
CREATE TABLE cached (
    target TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    current TEXT NOT NULL,
    since TEXT NOT NULL,
    latest TEXT NOT NULL,
    latest_at TEXT NOT NULL
) WITHOUT ROWID;

-- name: create_cached_by_url
-- For the newest good image of a URL.
CREATE INDEX cached_by_url ON cached (url, latest_at);

-- name: create_warcs
-- The WARCs that are sealed and taken in.
CREATE TABLE warcs (
    warc TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
) WITHOUT ROWID;

-- name: create_captures
-- Every capture, and where it stands; of a revisit also the record that holds its body. `place` is its key in the index.
CREATE TABLE captures (
    warc TEXT,
    "offset" INTEGER,
    length INTEGER NOT NULL,
    unit_length INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    place TEXT NOT NULL,
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    content_type TEXT,
    payload_digest TEXT,
    cut TEXT,
    original_url TEXT,
    original_at TEXT,
    original_id TEXT,
    etag TEXT,
    last_modified TEXT,
    evidence TEXT,
    via TEXT,
    places TEXT NOT NULL,
    requisites TEXT,
    PRIMARY KEY (warc, "offset")
);

-- name: create_captures_by_url
-- For the newest capture of a URL.
CREATE INDEX captures_by_url ON captures (url, captured_at);

-- name: create_captures_by_payload
-- For the first record that holds a body: many may, where many addresses showed it at once.
CREATE INDEX captures_by_payload ON captures (payload_digest, captured_at) WHERE original_id IS NULL;

-- name: create_captures_by_id
-- For the original of a revisit.
CREATE INDEX captures_by_id ON captures (record_id);

-- name: tables
-- What stands in the database, whichever version made it.
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%';

-- name: counts
-- How many rows each table has.
SELECT
  (SELECT count(*) FROM runs) AS runs,
  (SELECT count(*) FROM targets) AS targets,
  (SELECT count(*) FROM links) AS links,
  (SELECT count(*) FROM checks) AS checks,
  (SELECT count(*) FROM probes) AS probes,
  (SELECT count(*) FROM captures) AS captures,
  (SELECT count(*) FROM warcs) AS warcs,
  (SELECT count(*) FROM images) AS images,
  (SELECT count(*) FROM thumbnails) AS thumbnails,
  (SELECT count(*) FROM cached) AS cached;

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
INSERT INTO links (record, item, field, target, role, line, "column", url, first_run, last_run)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
ON CONFLICT DO UPDATE SET
    role = iif(excluded.last_run > last_run, excluded.role, role),
    line = iif(excluded.last_run > last_run, excluded.line, line),
    "column" = iif(excluded.last_run > last_run, excluded."column", "column"),
    url = iif(excluded.last_run > last_run, excluded.url, url),
    first_run = min(excluded.first_run, first_run),
    last_run = max(excluded.last_run, last_run);

-- name: put_check
-- An observation; one that is there already stays as it is.
INSERT INTO checks (
    target, checked_at, run, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings, snapshot, image
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: put_track
-- A target's history, after its checks are in.
REPLACE INTO targets (
    target, state, first_seen_at, last_checked_at, last_ok_at, first_failed_at, dead_since,
    strikes, last_strike_at, all_definite, failing_days, last_failing_day, last_run
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: run_of_check
-- The run that made a target's check; of several the last.
SELECT max(run) AS run FROM checks WHERE target = :target AND checked_at = :checked_at;

-- name: put_image
-- An image was looked into: the last word holds, but a file that is there stays.
INSERT INTO images VALUES (
    :digest, :seen_at, :path, :bytes, :format, :width, :height, :frames, :fault, :phash, :dhash, :thumbhash,
    :dominant_colour
) ON CONFLICT DO UPDATE SET
    path = coalesce(path, excluded.path),
    format = iif(excluded.seen_at > seen_at, excluded.format, format),
    width = iif(excluded.seen_at > seen_at, excluded.width, width),
    height = iif(excluded.seen_at > seen_at, excluded.height, height),
    frames = iif(excluded.seen_at > seen_at, excluded.frames, frames),
    fault = iif(excluded.seen_at > seen_at, excluded.fault, fault),
    phash = iif(excluded.seen_at > seen_at, excluded.phash, phash),
    dhash = iif(excluded.seen_at > seen_at, excluded.dhash, dhash),
    thumbhash = iif(excluded.seen_at > seen_at, excluded.thumbhash, thumbhash),
    dominant_colour = iif(excluded.seen_at > seen_at, excluded.dominant_colour, dominant_colour),
    seen_at = max(excluded.seen_at, seen_at);

-- name: put_thumbnail
-- A thumbnail; one that is there already stays as it is.
INSERT INTO thumbnails VALUES (:digest, :width, :format, :height, :path) ON CONFLICT DO NOTHING;

-- name: put_cached
-- What is held of an image's address, after its checks are in.
REPLACE INTO cached VALUES (:target, :url, :current, :since, :latest, :latest_at);

-- name: drop_cached
-- What was held of an image's address was no image.
DELETE FROM cached WHERE target = :target;

-- name: cached
-- What is held of the images in a JSON array of targets.
SELECT target, url, current, since, latest, latest_at
FROM cached WHERE target IN (SELECT value FROM json_each(:targets));

-- name: latest_image
-- The newest good image of a URL.
SELECT latest FROM cached WHERE url = :url ORDER BY latest_at DESC LIMIT 1;

-- name: kept_images
-- Every image whose bytes are kept.
SELECT digest, path FROM images WHERE path IS NOT NULL ORDER BY digest;

-- name: thumbnails
-- Every thumbnail, with the image that it is made of.
SELECT thumbnails.digest, thumbnails.width, thumbnails.format, thumbnails.height, thumbnails.path,
    images.path AS image
FROM thumbnails JOIN images ON images.digest = thumbnails.digest ORDER BY thumbnails.digest, thumbnails.format, thumbnails.width;

-- name: manifest
-- The cached copy of each image's address as records write it, and as it is asked for.
SELECT links.url AS address, cached.target, cached.current, cached.since
FROM cached JOIN links ON links.target = cached.target WHERE links.role IN ('image', 'provider_image')
UNION SELECT target AS address, target, current, since FROM cached
ORDER BY address, since, target;

-- name: put_probe
-- What a probe was answered; one that is there already stays as it is.
INSERT INTO probes VALUES (
    :host, :folder, :extension, :probed_at, :run, :url, :status, :final_url, :vocabulary, :is_challenge
) ON CONFLICT DO NOTHING;

-- name: probes_since
-- The probes made since, the oldest first.
SELECT host, folder, extension, probed_at, url, status, final_url, vocabulary, is_challenge
FROM probes WHERE probed_at >= :since ORDER BY probed_at;

-- name: probes_of_run
-- The probes of a run.
SELECT host, folder, extension, probed_at, url, status, final_url, vocabulary, is_challenge
FROM probes WHERE run = :run ORDER BY probed_at, folder, extension;

-- name: runs
-- Every run, and how it ended.
SELECT run, ended FROM runs ORDER BY run;

-- name: tracks
-- The folded histories of the targets in a JSON array.
SELECT
    target, state, first_seen_at, last_checked_at, last_ok_at, first_failed_at, dead_since,
    strikes, last_strike_at, all_definite, failing_days, last_failing_day
FROM targets WHERE target IN (SELECT value FROM json_each(:targets));

-- name: standings
-- The folded histories of the targets in a JSON array, and what decides besides whether each is due.
SELECT
    targets.target, state, first_seen_at, last_checked_at, last_ok_at, first_failed_at, dead_since,
    strikes, last_strike_at, all_definite, failing_days, last_failing_day, verdict, warnings
FROM targets JOIN checks ON
    checks.target = targets.target AND checked_at = last_checked_at AND checks.run = last_run
WHERE targets.target IN (SELECT value FROM json_each(:targets));

-- name: last_checks
-- The last observation of each of the targets in a JSON array.
SELECT
    checks.target, checked_at, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings, snapshot, image
FROM targets JOIN checks ON
    checks.target = targets.target AND checked_at = last_checked_at AND checks.run = last_run
WHERE targets.target IN (SELECT value FROM json_each(:targets));

-- name: checks_of_target
-- Every observation of a target, the oldest first.
SELECT
    target, checked_at, verdict, reason, note, status, final_url, redirects,
    content_type, bytes, digest, attempts, elapsed_ms, warnings, snapshot, image
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
    content_type, bytes, digest, attempts, elapsed_ms, warnings, snapshot, image
FROM checks WHERE run = :run ORDER BY checked_at, target;

-- name: put_warc
-- A WARC is sealed, and all its captures are rows.
INSERT INTO warcs VALUES (:warc, :bytes) ON CONFLICT DO NOTHING;

-- name: put_capture
-- A capture, its values in the order of the columns; one that is there already stays as it is.
INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: drop_captures_of_warc
-- A WARC is gone, and what it held.
DELETE FROM captures WHERE warc = :warc;

-- name: drop_warc
-- The same, of the WARC itself.
DELETE FROM warcs WHERE warc = :warc;

-- name: warcs
-- The WARCs that are taken in.
SELECT warc FROM warcs;

-- name: any_capture
-- One row where there is any capture.
SELECT 1 FROM captures LIMIT 1;

-- name: original
-- The record that holds a body: the first that was made of those still known. Asked for each capture: it sorts nothing.
SELECT url, captured_at, record_id FROM captures
WHERE payload_digest = :payload_digest AND cut IS :cut AND original_id IS NULL ORDER BY captured_at LIMIT 1;

-- name: place
-- Where the record of a capture stands.
SELECT warc, "offset", length FROM captures WHERE record_id = :id;

-- name: held
-- The newest capture of a URL whose body is there, a whole page before others; a revisit tells what its original does.
SELECT
    captures.warc, captures."offset", captures.length, captures.unit_length, captures.record_id, captures.url,
    captures.captured_at, captures.status, captures.content_type, captures.payload_digest,
    iif(captures.original_id IS NULL, captures.cut, originals.cut) AS cut,
    captures.original_url, captures.original_at, captures.original_id, captures.etag, captures.last_modified,
    coalesce(captures.evidence, originals.evidence) AS evidence, captures.via, captures.places,
    iif(captures.evidence IS NULL, originals.requisites, captures.requisites) AS requisites,
    max(
        (captures.status = 200 AND iif(captures.original_id IS NULL, captures.cut, originals.cut) IS NULL)
        || captures.captured_at
    )
FROM captures LEFT JOIN captures AS originals ON originals.record_id = captures.original_id
WHERE captures.url = :url AND (captures.original_id IS NULL OR originals.record_id IS NOT NULL)
GROUP BY captures.url;

-- name: captures
-- Every capture, as the index has them.
SELECT
    warc, "offset", length, unit_length, record_id, place, url, captured_at, status, content_type, payload_digest, cut,
    original_url, original_at, original_id, etag, last_modified, evidence, via, places, requisites
FROM captures ORDER BY place, captured_at, warc, "offset";

-- name: indexed
-- What the index has of every capture, in its order.
SELECT place, captured_at, url, original_id, content_type, status, payload_digest, length, "offset", warc
FROM captures ORDER BY place, captured_at, warc, "offset";

-- name: captures_of_warc
-- Where the captures of a WARC stand.
SELECT "offset" FROM captures WHERE warc = :warc;

-- name: snapshots
-- The newest snapshot of each of the targets in a JSON array, and when it was seen to stand.
SELECT target, snapshot, max(checked_at) FROM checks
WHERE snapshot IS NOT NULL AND target IN (SELECT value FROM json_each(:targets)) GROUP BY target;

-- name: lost_snapshots
-- Checks whose snapshot is in no WARC that is known.
SELECT target, snapshot FROM checks WHERE snapshot IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM captures
    WHERE captures.warc = json_extract(checks.snapshot, '$.warc')
        AND captures."offset" = json_extract(checks.snapshot, '$.offset')
) ORDER BY target, checked_at;

-- name: lost_originals
-- Revisits whose body is in no WARC that is known: how many, and one of them.
SELECT count(*) AS revisits, min(url) AS url FROM captures WHERE original_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM captures AS originals WHERE originals.record_id = captures.original_id
);

-- name: pages
-- Every capture that stands for a check, with the evidence of its page.
SELECT DISTINCT
    checks.target, captures.warc, captures."offset", captures.record_id, captures.url, captures.captured_at,
    captures.content_type, coalesce(captures.evidence, originals.evidence) AS evidence
FROM checks
JOIN captures ON captures.warc = json_extract(checks.snapshot, '$.warc')
    AND captures."offset" = json_extract(checks.snapshot, '$.offset')
LEFT JOIN captures AS originals ON originals.record_id = captures.original_id
WHERE checks.snapshot IS NOT NULL ORDER BY captures.captured_at, captures.url, checks.target;

-- name: urls
-- What was asked for each target: itself, where its redirects led, and where they ended.
SELECT target, target AS url FROM targets
UNION SELECT target, final_url FROM checks WHERE final_url IS NOT NULL
UNION SELECT target, json_extract(value, '$.url') FROM checks, json_each(checks.redirects);
