-- list: links
-- One page of the links of a submission in a scope.
SELECT k.id, /*sort*/ AS sort_key, json_build_object('id', k.id, 'submission_id', k.submission_id, 'label', k.label,
    'made_for', CASE WHEN k.mail_id IS NULL THEN 'person' ELSE 'mail' END, 'created_by', k.created_by,
    'created_at', k.created_at, 'expires_at', k.expires_at, 'revoked_at', k.revoked_at, 'revoked_by', k.revoked_by,
    'last_used_at', (SELECT max(u.minute) FROM status_link_use u WHERE u.link_id = k.id),
    'use_count', (SELECT coalesce(sum(u.count), 0) FROM status_link_use u WHERE u.link_id = k.id),
    'version', k.version)::text AS item
FROM status_link k
WHERE k.submission_id = :submission_id AND (:scope::uuid[] IS NULL OR k.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   k.id = :id
-- sort: created timestamptz k.created_at

-- list: uses
-- One page of the minutes in which a link was opened.
SELECT u.id, /*sort*/ AS sort_key, json_build_object('minute', u.minute, 'count', u.count)::text AS item
FROM status_link_use u JOIN status_link k ON k.id = u.link_id
WHERE u.link_id = :link_id AND k.submission_id = :submission_id
    AND (:scope::uuid[] IS NULL OR k.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: minute timestamptz u.minute

-- name: insert_link
-- A new link; of its token only the hash is kept. One of a mail gets the token of the latest attempt.
INSERT INTO status_link (id, submission_id, lab_id, mail_id, token_hash, label, created_by, created_at, expires_at)
VALUES (:link_id, :submission_id, :lab_id, :mail_id, :token_hash, :label, :created_by, :at, :expires_at)
ON CONFLICT (mail_id) DO UPDATE SET token_hash = excluded.token_hash, version = status_link.version + 1
RETURNING id;

-- name: count_accepted
-- How many links of a submission are accepted.
SELECT count(*) FROM status_link WHERE submission_id = :submission_id AND revoked_at IS NULL AND expires_at > :at;

-- name: lock_link
-- A link of a submission in a scope, locked to be changed.
SELECT k.id, k.submission_id, s.code AS submission_code, k.lab_id, k.label, k.expires_at, k.revoked_at, k.version
FROM status_link k JOIN submission s ON s.id = k.submission_id
WHERE k.id = :link_id AND k.submission_id = :submission_id AND (:scope::uuid[] IS NULL OR k.lab_id = ANY(:scope))
FOR UPDATE OF k;

-- name: revoke_link
-- A link that shows nothing any more.
UPDATE status_link SET revoked_at = :at, revoked_by = :revoked_by, version = version + 1 WHERE id = :link_id;

-- name: find_link
-- The link of a token.
SELECT k.id, k.submission_id, s.code AS submission_code, k.lab_id, k.label, k.expires_at, k.revoked_at, k.version
FROM status_link k JOIN submission s ON s.id = k.submission_id WHERE k.token_hash = :token_hash;

-- name: note_use
-- That a link is opened in this minute, and how often it was so far.
INSERT INTO status_link_use (id, link_id, minute) VALUES (:use_id, :link_id, date_trunc('minute', :at::timestamptz))
ON CONFLICT (link_id, minute) DO UPDATE SET count = status_link_use.count + 1
RETURNING count;

-- name: show_status
-- What a link shows of its submission.
SELECT s.code, s.status, s.created_at, (SELECT count(*) FROM sample x WHERE x.submission_id = s.id) AS sample_count
FROM submission s WHERE s.id = :submission_id AND s.lab_id = :lab_id;

-- name: status_samples
-- The samples of a submission as its customer knows them.
SELECT x.code, x.name, x.stage, x.status, x.exit FROM sample x
WHERE x.submission_id = :submission_id AND x.lab_id = :lab_id ORDER BY x.row_number LIMIT :most;

-- name: status_questions
-- Questions of a submission that wait for an answer, the first one first.
SELECT m.written_at AS asked_at, m.body AS question
FROM submission_message m JOIN submission u ON u.id = m.submission_id
WHERE m.submission_id = :submission_id AND u.lab_id = :lab_id AND m.kind = 'question'
    AND NOT EXISTS (SELECT FROM submission_message a WHERE a.answers = m.id)
ORDER BY m.written_at, m.id;

-- name: status_deliveries
-- The deliveries of a submission that were released; a link to data that has ended is not shown.
SELECT d.code, d.state, d.method, d.destination,
    CASE WHEN d.link_expires_at > :at AND d.state IN ('released', 'received') THEN d.link_url ELSE '' END AS link_url,
    d.file_count, d.size_bytes, d.manifest_sha256, d.released_at, d.link_expires_at, d.received_at
FROM delivery d
WHERE d.submission_id = :submission_id AND d.lab_id = :lab_id AND d.state IN ('released', 'received', 'expired')
ORDER BY d.released_at, d.id LIMIT 50;
