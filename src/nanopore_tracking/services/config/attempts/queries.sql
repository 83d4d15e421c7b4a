-- name: find_attempts
-- What is remembered of some keys.
SELECT a.key, a.failures, a.last_at, a.blocked_until FROM attempt a WHERE a.key = ANY(:keys::bytea[]);

-- name: ensure_attempt
-- A row for a key, so that it can be locked.
INSERT INTO attempt (key, failures, last_at, blocked_until) VALUES (:key, 0, :at, NULL) ON CONFLICT (key) DO NOTHING;

-- name: lock_attempt
-- What is remembered of one key, locked.
SELECT a.key, a.failures, a.last_at, a.blocked_until FROM attempt a WHERE a.key = :key FOR UPDATE;

-- name: keep_attempt
-- What is remembered after a failure.
UPDATE attempt SET failures = :failures, last_at = :last_at, blocked_until = :blocked_until WHERE key = :key;

-- name: forget_attempts
-- Nothing is remembered of these keys any more.
DELETE FROM attempt WHERE key = ANY(:keys::bytea[]);

-- name: forget_old_attempts
-- Keys under which nothing failed since a time.
DELETE FROM attempt WHERE last_at < :before;
