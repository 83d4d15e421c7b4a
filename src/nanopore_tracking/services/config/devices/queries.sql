-- name: find_device
-- A shared tablet by the hash of its token, unless it was taken back.
SELECT d.id FROM device d WHERE d.token_hash = :token_hash AND d.revoked_at IS NULL;

-- name: insert_device
-- A tablet that people share from now on.
INSERT INTO device (id, token_hash, name, shared_by, shared_at) VALUES (:device_id, :token_hash, :name, :account_id, :at);

-- name: enrol
-- A person who has a PIN and signed in fully on a tablet; wrong PINs are forgotten only where they did so just now.
INSERT INTO device_person (device_id, account_id, signed_in_at)
SELECT :device_id::uuid, p.account_id, :signed_in_at::timestamptz FROM pin p WHERE p.account_id = :account_id
ON CONFLICT (device_id, account_id) DO UPDATE SET
    signed_in_at = greatest(device_person.signed_in_at, excluded.signed_in_at),
    failures = CASE WHEN :fresh::boolean THEN 0 ELSE device_person.failures END
RETURNING account_id;

-- name: people
-- The people of a tablet who have a PIN and may sign in, by name.
SELECT a.id AS account_id, a.name, a.username, a.active, p.pin_hash, d.signed_in_at, d.failures
FROM device_person d JOIN account a ON a.id = d.account_id JOIN pin p ON p.account_id = a.id
WHERE d.device_id = :device_id AND a.active ORDER BY a.name, a.id LIMIT 100;

-- name: find_person
-- One of the people of a tablet, whoever they are now.
SELECT a.id AS account_id, a.name, a.username, a.active, p.pin_hash, d.signed_in_at, d.failures
FROM device_person d JOIN account a ON a.id = d.account_id LEFT JOIN pin p ON p.account_id = a.id
WHERE d.device_id = :device_id AND d.account_id = :account_id;

-- name: take_attempt
-- One more PIN of a person is looked at: counted before it is, so that no two at once are taken for one.
UPDATE device_person SET failures = failures + 1
WHERE device_id = :device_id AND account_id = :account_id AND failures < :most AND signed_in_at > :since
RETURNING failures;

-- name: forgive
-- The PIN was right.
UPDATE device_person SET failures = 0 WHERE device_id = :device_id AND account_id = :account_id;

-- name: forget_person
-- A person has to sign in fully on every tablet before a PIN of theirs is taken again.
DELETE FROM device_person WHERE account_id = :account_id;

-- name: forget_people
-- Those who signed in fully long ago.
DELETE FROM device_person WHERE signed_in_at < :before;

-- name: set_pin
-- The PIN of an account.
INSERT INTO pin (account_id, pin_hash, set_at) VALUES (:account_id, :pin_hash, :at)
ON CONFLICT (account_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at;

-- name: remove_pin
-- An account has no PIN any more.
DELETE FROM pin WHERE account_id = :account_id RETURNING account_id;

-- list: devices
-- One page of shared tablets, with who signed in fully there and what was opened there.
SELECT d.id, /*sort*/ AS sort_key, json_build_object('id', d.id, 'name', d.name, 'shared_by', a.name,
    'shared_at', d.shared_at, 'last_used_at', greatest((SELECT max(s.last_used_at) FROM session s
        WHERE s.opened_on = d.id), (SELECT max(p.signed_in_at) FROM device_person p WHERE p.device_id = d.id)),
    'open_sessions', (SELECT count(*) FROM session s
        WHERE s.opened_on = d.id AND s.closed_at IS NULL AND s.ends_at > :at AND s.last_used_at >= :idle_since),
    'people', (SELECT coalesce(json_agg(json_build_object('account_id', u.id, 'name', u.name, 'username', u.username,
            'signed_in_at', p.signed_in_at, 'failures', p.failures,
            'ready', u.active AND p.failures < :most AND p.signed_in_at > :since AND n.account_id IS NOT NULL)
            ORDER BY u.name, u.id), '[]'::json)
        FROM device_person p JOIN account u ON u.id = p.account_id LEFT JOIN pin n ON n.account_id = u.id
        WHERE p.device_id = d.id),
    'revoked_at', d.revoked_at, 'revoked_by', r.name, 'reason', d.reason)::text AS item
FROM device d JOIN account a ON a.id = d.shared_by LEFT JOIN account r ON r.id = d.revoked_by
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   d.id = :id
-- filter: revoked boolean   (d.revoked_at IS NOT NULL) = :revoked
-- sort: shared timestamptz d.shared_at

-- name: revoke_device
-- A shared tablet that is taken back; nothing where there is none, or it was before.
UPDATE device SET revoked_at = :at, revoked_by = :account_id, reason = :reason
WHERE id = :device_id AND revoked_at IS NULL RETURNING name;

-- name: forget_device
-- Nobody goes on with a PIN on a tablet that was taken back.
DELETE FROM device_person WHERE device_id = :device_id;
