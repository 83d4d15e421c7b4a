-- name: keep_answer
-- Keep an answer under its key; nothing is returned when the key is taken.
INSERT INTO idempotency_key (owner, key, route, body_hash, status, body, version, location)
VALUES (:owner, :key, :route, :body_hash, :status, :body, :version, :location)
ON CONFLICT (owner, key) DO NOTHING
RETURNING true;

-- name: find_answer
-- The answer that is kept under a key.
SELECT route, body_hash, status, body, version, location
FROM idempotency_key
WHERE owner = :owner AND key = :key;

-- name: forget_answers
-- Forget answers that are older than a request is ever sent again.
DELETE FROM idempotency_key
WHERE (owner, key) IN (
    SELECT owner, key FROM idempotency_key WHERE created_at < now() - interval '7 days' LIMIT 5000
);
