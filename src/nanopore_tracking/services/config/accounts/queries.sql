-- list: accounts
-- One page of accounts.
SELECT a.id, /*sort*/ AS sort_key, json_build_object('id', a.id, 'username', a.username, 'name', a.name,
    'email', a.email, 'roles', a.roles, 'lab_ids', a.lab_ids, 'active', a.active,
    'has_password', a.password_hash IS NOT NULL, 'has_pin', EXISTS (SELECT FROM pin p WHERE p.account_id = a.id),
    'last_sign_in_at', a.last_sign_in_at,
    'created_at', a.created_at, 'updated_at', a.updated_at, 'version', a.version)::text AS item
FROM account a
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: active boolean   a.active = :active
-- filter: role text   :role = ANY(a.roles)
-- filter: lab_id uuid   :lab_id = ANY(a.lab_ids)
-- filter: q text   strpos(lower(a.username || ' ' || a.name || ' ' || a.email), lower(:q)) > 0
-- sort: username text lower(a.username)
-- sort: name text a.name
-- sort: created timestamptz a.created_at
-- sort: updated timestamptz a.updated_at

-- name: show_account
-- One account.
SELECT a.version, json_build_object('id', a.id, 'username', a.username, 'name', a.name,
    'email', a.email, 'roles', a.roles, 'lab_ids', a.lab_ids, 'active', a.active,
    'has_password', a.password_hash IS NOT NULL, 'has_pin', EXISTS (SELECT FROM pin p WHERE p.account_id = a.id),
    'last_sign_in_at', a.last_sign_in_at,
    'created_at', a.created_at, 'updated_at', a.updated_at, 'version', a.version)::text AS item
FROM account a WHERE a.id = :account_id;

-- name: find_account
-- One account as the rules need it.
SELECT a.id, a.username, a.name, a.email, a.roles, a.lab_ids, a.active, a.password_hash IS NOT NULL AS has_password,
    EXISTS (SELECT FROM pin p WHERE p.account_id = a.id) AS has_pin, a.version
FROM account a WHERE a.id = :account_id;

-- name: lock_account
-- Lock an account that is about to be changed.
SELECT a.id FROM account a WHERE a.id = :account_id FOR UPDATE;

-- name: find_credentials
-- What is needed to check a sign-in by username.
SELECT a.id AS account_id, a.username, a.active, a.password_hash FROM account a
WHERE lower(a.username) = lower(:username);

-- name: closed_since
-- Who was closed since then; a change of a closed account only tells it once more. More than are ever closed in an hour.
SELECT a.id FROM account a WHERE NOT a.active AND a.updated_at > :since ORDER BY a.updated_at DESC LIMIT 10000;

-- name: insert_account
-- A new account, without a password.
INSERT INTO account (id, username, name, email, roles, lab_ids, created_at, updated_at)
VALUES (:account_id, :username, :name, :email, :roles::text[], :lab_ids::uuid[], :at, :at);

-- name: update_account
-- The changed account.
UPDATE account SET name = :name, email = :email, roles = :roles::text[], lab_ids = :lab_ids::uuid[], active = :active,
    updated_at = :at, version = version + 1
WHERE id = :account_id;

-- name: set_password
-- The account with another password.
UPDATE account SET password_hash = :password_hash, updated_at = :at, version = version + 1 WHERE id = :account_id;

-- name: renew_hash
-- The same password, hashed with the costs of today; only if it is the same still.
UPDATE account SET password_hash = :password_hash WHERE id = :account_id AND password_hash = :before;

-- name: signed_in
-- The account was signed in to now.
UPDATE account SET last_sign_in_at = :at WHERE id = :account_id;

-- name: lock_admins
-- All who can administer, locked, so that two of them cannot remove each other at the same time.
SELECT a.id FROM account a WHERE a.active AND 'admin' = ANY(a.roles) ORDER BY a.id FOR UPDATE;

-- name: replace_link
-- The one link of an account.
INSERT INTO sign_in_link (account_id, token_hash, created_at, expires_at)
VALUES (:account_id, :token_hash, :at, :expires_at)
ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at,
    expires_at = excluded.expires_at;

-- name: find_link
-- Whose link it is, while it has not ended.
SELECT l.account_id FROM sign_in_link l WHERE l.token_hash = :token_hash AND l.expires_at > :at;

-- name: take_link
-- A link that is used: it is gone afterwards, whoever else tries it at the same time.
DELETE FROM sign_in_link WHERE token_hash = :token_hash RETURNING account_id;

-- name: remove_link
-- The link of an account, used or not.
DELETE FROM sign_in_link WHERE account_id = :account_id;
