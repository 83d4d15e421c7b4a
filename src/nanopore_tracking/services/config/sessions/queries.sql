-- list: sessions
-- One page of the sessions of an account that are open.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'means', s.means, 'address', s.address,
    'client', s.client, 'opened_at', s.opened_at, 'last_used_at', s.last_used_at, 'ends_at', s.ends_at,
    'current', s.id IS NOT DISTINCT FROM :current::uuid)::text AS item
FROM session s
WHERE s.account_id = :account_id AND s.closed_at IS NULL AND s.ends_at > :at AND s.last_used_at >= :idle_since /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: opened timestamptz s.opened_at

-- name: insert_session
-- A session that is opened.
INSERT INTO session (id, account_id, token_hash, means, may_set_password, device_id, opened_on, address, client,
    opened_at, last_used_at, ends_at)
VALUES (:session_id, :account_id, :token_hash, :means, :may_set_password, :device_id::uuid, :opened_on::uuid, :address,
    :client, :at, :at, :ends_at);

-- name: opened_on
-- The tablet that a session was opened on is a shared one from now on.
UPDATE session SET opened_on = :device_id WHERE id = :session_id;

-- name: means_of
-- How a session was opened.
SELECT s.means FROM session s WHERE s.id = :session_id;

-- name: find_session_by_token
-- A session by the hash of its token.
SELECT s.id, s.account_id, s.means, s.may_set_password, s.device_id, s.opened_at, s.last_used_at, s.ends_at, s.closed_at
FROM session s WHERE s.token_hash = :token_hash;

-- name: find_session
-- A session of an account.
SELECT s.id, s.account_id, s.means, s.may_set_password, s.device_id, s.opened_at, s.last_used_at, s.ends_at, s.closed_at
FROM session s WHERE s.id = :session_id AND s.account_id = :account_id;

-- name: lock_session_by_token
-- A session by the hash of its token, locked.
SELECT s.id, s.account_id, s.means, s.may_set_password, s.device_id, s.opened_at, s.last_used_at, s.ends_at, s.closed_at
FROM session s WHERE s.token_hash = :token_hash FOR UPDATE;

-- name: use_session
-- A session that was used now.
UPDATE session SET last_used_at = :at WHERE id = :session_id;

-- name: spend_link
-- A session in which the password was set: from now on the present one is asked for.
UPDATE session SET may_set_password = false WHERE id = :session_id;

-- name: close_session
-- A session that is ended.
UPDATE session SET closed_at = :at WHERE id = :session_id AND closed_at IS NULL RETURNING id;

-- name: close_sessions
-- All sessions of an account are ended but one.
UPDATE session SET closed_at = :at
WHERE account_id = :account_id AND closed_at IS NULL AND id IS DISTINCT FROM :but::uuid
RETURNING id, ends_at > :at AS was_open;

-- name: close_of_device
-- All sessions that were opened on a tablet are ended.
UPDATE session s SET closed_at = :at FROM account a
WHERE s.opened_on = :device_id AND s.closed_at IS NULL AND a.id = s.account_id
RETURNING s.id, s.account_id, a.username, s.ends_at > :at AS was_open;

-- name: is_known_address
-- Whether the owner of an account was signed in from an address before.
SELECT EXISTS (
    SELECT FROM session s WHERE s.account_id = :account_id AND s.address = :address AND s.opened_at > :since
);

-- name: remove_old_sessions
-- Sessions that ended long ago.
DELETE FROM session WHERE ends_at < :before;
