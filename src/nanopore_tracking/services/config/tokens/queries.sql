-- list: tokens
-- One page of API tokens.
SELECT t.id, /*sort*/ AS sort_key, json_build_object('id', t.id, 'account_id', t.account_id, 'username', a.username,
    'name', t.name, 'roles', t.roles, 'lab_ids', t.lab_ids, 'created_at', t.created_at, 'expires_at', t.expires_at,
    'last_used_at', t.last_used_at, 'revoked_at', t.revoked_at, 'version', t.version)::text AS item
FROM api_token t JOIN account a ON a.id = t.account_id
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: account_id uuid   t.account_id = :account_id
-- filter: revoked boolean   (t.revoked_at IS NOT NULL) = :revoked
-- sort: created timestamptz t.created_at

-- name: show_token
-- One API token.
SELECT t.version, json_build_object('id', t.id, 'account_id', t.account_id, 'username', a.username,
    'name', t.name, 'roles', t.roles, 'lab_ids', t.lab_ids, 'created_at', t.created_at, 'expires_at', t.expires_at,
    'last_used_at', t.last_used_at, 'revoked_at', t.revoked_at, 'version', t.version)::text AS item
FROM api_token t JOIN account a ON a.id = t.account_id WHERE t.id = :token_id;

-- name: lock_token
-- One API token, locked to be changed.
SELECT t.id, t.account_id, t.name, t.roles, t.lab_ids, t.expires_at, t.revoked_at, t.version
FROM api_token t WHERE t.id = :token_id FOR UPDATE;

-- name: find_by_secret
-- An API token by the hash of its secret.
SELECT t.id, t.account_id, t.name, t.roles, t.lab_ids, t.expires_at, t.revoked_at, t.version
FROM api_token t WHERE t.token_hash = :token_hash;

-- name: count_accepted
-- How many API tokens of an account have not ended.
SELECT count(*) FROM api_token t WHERE t.account_id = :account_id AND t.revoked_at IS NULL AND t.expires_at > :at;

-- name: insert_token
-- A new API token; of its secret only the hash is kept.
INSERT INTO api_token (id, account_id, token_hash, name, roles, lab_ids, created_at, expires_at)
VALUES (:token_id, :account_id, :token_hash, :name, :roles::text[], :lab_ids::uuid[], :at, :expires_at);

-- name: use_token
-- An API token that was used; written once a minute at most.
UPDATE api_token SET last_used_at = :at
WHERE id = :token_id AND (last_used_at IS NULL OR last_used_at < :at::timestamptz - interval '1 minute');

-- name: revoke_token
-- An API token that is no longer accepted.
UPDATE api_token SET revoked_at = :at, version = version + 1 WHERE id = :token_id;
