-- list: mails
-- One page of the mails of a scope, newest first.
SELECT m.id, /*sort*/ AS sort_key, json_build_object('id', m.id, 'submission_id', m.submission_id,
    'submission_code', (SELECT s.code FROM submission s WHERE s.id = m.submission_id), 'kind', m.kind,
    'recipient', m.recipient, 'state', m.state, 'attempts', m.attempts, 'error', m.error, 'next_at', m.next_at,
    'created_at', m.created_at, 'ended_at', m.ended_at, 'version', m.version)::text AS item
FROM mail m
WHERE (:scope::uuid[] IS NULL OR m.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   m.id = :id
-- filter: submission_id uuid   m.submission_id = :submission_id
-- filter: state text   m.state = :state
-- sort: created timestamptz m.created_at

-- name: insert_mail
-- A mail that waits, to who asked for the work; nothing where nobody said an address, or it waits already.
INSERT INTO mail (id, submission_id, lab_id, event_id, kind, recipient, facts, next_at, created_at)
SELECT :mail_id, s.id, s.lab_id, :event_id, :kind, s.requester_email, :facts::json, :at, :at
FROM submission s WHERE s.id = :submission_id AND s.requester_email LIKE '%@%'
ON CONFLICT (event_id, kind) DO NOTHING
RETURNING id;

-- name: claim_mail
-- The mail that is due longest, for whoever asked; others pass it by meanwhile.
WITH due AS (
    SELECT m.id FROM mail m
    WHERE m.state = 'waiting' AND m.next_at <= :at AND (m.leased_until IS NULL OR m.leased_until < :at)
    ORDER BY m.next_at, m.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE mail m SET lease = :lease, leased_until = :at::timestamptz + make_interval(secs => :lease_s),
    attempts = m.attempts + 1
FROM due WHERE m.id = due.id
RETURNING m.id, m.submission_id, (SELECT s.code FROM submission s WHERE s.id = m.submission_id) AS submission_code,
    m.lab_id, m.kind, m.recipient, m.facts, m.attempts, m.lease;

-- name: end_mail
-- A mail that is sent or given up, if it is ours still.
UPDATE mail SET state = :state, error = :error, ended_at = :at, lease = NULL, leased_until = NULL,
    version = version + 1
WHERE id = :mail_id AND lease = :lease AND state = 'waiting' RETURNING id;

-- name: postpone_mail
-- A mail that is tried again later, if it is ours still.
UPDATE mail SET error = :error, lease = NULL, leased_until = NULL,
    next_at = :at::timestamptz + make_interval(secs => :delay_s), version = version + 1
WHERE id = :mail_id AND lease = :lease AND state = 'waiting' RETURNING id;

-- name: again
-- A mail in a scope that was not sent, to be sent after all.
UPDATE mail SET state = 'waiting', ended_at = NULL, attempts = 0, next_at = :at, error = '', version = version + 1
WHERE id = :mail_id AND submission_id = :submission_id AND state IN ('failed', 'not_sent')
    AND (:scope::uuid[] IS NULL OR lab_id = ANY(:scope)) RETURNING id;

-- name: skip_waiting
-- Mails that wait although no server is set: they are not sent, and say so.
UPDATE mail SET state = 'not_sent', error = :error, ended_at = :at, version = version + 1 WHERE state = 'waiting';

-- name: count_by_state
-- How many mails wait and how many failed.
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting_count,
    count(*) FILTER (WHERE state = 'failed') AS failed_count
FROM mail WHERE (:scope::uuid[] IS NULL OR lab_id = ANY(:scope));
