-- list: backups
-- One page of backups.
SELECT b.id, /*sort*/ AS sort_key, b.item
FROM backup_shown b
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: state text[]   b.state = ANY(:state)
-- filter: cause text   b.cause = :cause
-- sort: requested timestamptz b.requested_at

-- name: show_backup
-- One backup.
SELECT b.version, b.item
FROM backup_shown b WHERE b.id = :backup_id;

-- name: insert_backup
-- A backup that waits to be made; nothing is inserted when the day's backup was asked for, or failed a short time ago.
INSERT INTO backup (id, cause, day, state, note, requested_by, requested_at)
SELECT :backup_id, :cause, :day, 'queued', :note, :requested_by, :requested_at
WHERE :cause <> 'daily' OR NOT EXISTS (SELECT FROM backup f WHERE f.cause = 'daily' AND f.day = :day
    AND f.state = 'failed' AND f.finished_at > :failed_after)
ON CONFLICT (day) WHERE cause = 'daily' AND state <> 'failed' DO NOTHING
RETURNING id;

-- name: claim_backup
-- The backup that has waited longest, now running.
UPDATE backup SET state = 'running', started_at = :at, version = version + 1
WHERE id = (SELECT id FROM backup WHERE state = 'queued' ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, cause, requested_at;

-- name: interrupted_backups
-- Backups that a process began and did not end.
SELECT id, cause, requested_at FROM backup WHERE state = 'running' FOR UPDATE;

-- name: finish_backup
-- A backup whose files are all on disk.
UPDATE backup SET state = 'ready', finished_at = :at, folder = :folder, size_bytes = :size_bytes, parts = :parts::json,
    version = version + 1
WHERE id = :backup_id AND state = 'running' RETURNING id;

-- name: fail_backup
-- A backup that could not be made, with the reason.
UPDATE backup SET state = 'failed', finished_at = :at, error = :error, version = version + 1
WHERE id = :backup_id AND state = 'running' RETURNING id;

-- name: lock_backup
-- What is needed to check or remove a backup, locked.
SELECT id, state, folder FROM backup WHERE id = :backup_id FOR UPDATE;

-- name: keep_check
-- The outcome of comparing a backup's files with their checksums.
UPDATE backup SET checked_at = :at, problems = :problems::json, version = version + 1
WHERE id = :backup_id RETURNING id;

-- name: keep_drill
-- The outcome of restoring a backup for a test.
UPDATE backup SET drilled_at = :at, drill_problems = :problems::json, version = version + 1
WHERE id = :backup_id RETURNING id;

-- name: newest_dumps
-- When the newest dump of each service was ready, and its size; only of backups whose files are there.
SELECT DISTINCT ON (p.part->>'service') p.part->>'service' AS service, b.finished_at,
    (p.part->>'size_bytes')::bigint AS size_bytes
FROM backup b CROSS JOIN LATERAL json_array_elements(b.parts) AS p(part)
WHERE b.state = 'ready'
ORDER BY p.part->>'service', b.finished_at DESC;

-- name: outcomes
-- Since when backups are asked for; when one was compared with its checksums and when one was restored last, and what
-- that found.
SELECT (SELECT min(b.requested_at) FROM backup b) AS first_at, c.checked_at, c.problems AS check_problems, d.drilled_at,
    d.problems AS drill_problems
FROM (VALUES (1)) AS one
    LEFT JOIN (SELECT b.checked_at, json_array_length(b.problems) AS problems FROM backup b
        WHERE b.checked_at IS NOT NULL ORDER BY b.checked_at DESC LIMIT 1) c ON true
    LEFT JOIN (SELECT b.drilled_at, json_array_length(b.drill_problems) AS problems FROM backup b
        WHERE b.drilled_at IS NOT NULL ORDER BY b.drilled_at DESC LIMIT 1) d ON true;

-- name: superseded_backups
-- Ready backups behind the newest :keep, oldest first.
SELECT id, folder FROM backup WHERE state = 'ready' ORDER BY requested_at DESC OFFSET :keep;

-- name: expire_backup
-- A backup whose files were removed.
UPDATE backup SET state = 'expired', version = version + 1 WHERE id = :backup_id AND state = 'ready' RETURNING id;
