-- name: keep_answer
-- Keep an answer under its key; a violation when the key is taken. Joined to the change, it takes the place of effect.
WITH effect AS (SELECT ''::text AS value)
INSERT INTO idempotency_key (owner, key, route, body_hash, status, body, version, location)
SELECT :owner, :key, :route, :body_hash, :status, convert_to(replace(:body, :mark, value), 'UTF8'), :version, :location
FROM effect;

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
