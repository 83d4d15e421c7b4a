-- list: findings
-- One page of the findings of a submission in a scope; what is gone is not shown.
SELECT f.id, /*sort*/ AS sort_key, json_build_object('id', f.id, 'submission_id', f.submission_id,
    'subject', f.subject, 'code', f.code, 'field', f.field, 'message', f.message, 'row_count', f.row_count,
    'row_number', f.row_number, 'state', f.state, 'resolved', f.state IN ('answered', 'accepted'),
    'resolved_by', f.resolved_by, 'resolved_at', f.resolved_at, 'reason', f.reason, 'version', f.version)::text AS item
FROM finding f JOIN submission s ON s.id = f.submission_id
WHERE f.submission_id = :submission_id AND f.state <> 'gone'
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: state text[]   f.state = ANY(:state)
-- sort: code text f.code

-- name: show_finding
-- One finding of a submission.
SELECT f.version, json_build_object('id', f.id, 'submission_id', f.submission_id,
    'subject', f.subject, 'code', f.code, 'field', f.field, 'message', f.message, 'row_count', f.row_count,
    'row_number', f.row_number, 'state', f.state, 'resolved', f.state IN ('answered', 'accepted'),
    'resolved_by', f.resolved_by, 'resolved_at', f.resolved_at, 'reason', f.reason, 'version', f.version)::text AS item
FROM finding f WHERE f.id = :finding_id;

-- name: sync_findings
-- The findings as the last check left them: new ones open, changed ones open again unless the customer is being asked.
WITH found AS (
    SELECT 'header' AS subject, e->>'code' AS code, coalesce(e->>'field', '') AS field, min(e->>'message') AS message,
        0 AS row_count, NULL::integer AS row_number,
        md5(string_agg(e->>'message', ',' ORDER BY e->>'message')) AS digest
    FROM json_array_elements(:problems::json) e WHERE e->>'level' = 'finding'
    GROUP BY e->>'code', coalesce(e->>'field', '')
    UNION ALL
    SELECT 'rows', e->>'code', '', (array_agg(e->>'message' ORDER BY r.row_number))[1],
        count(DISTINCT r.row_number)::integer, min(r.row_number),
        md5(string_agg(concat(r.row_number, ' ', e->>'message'), ',' ORDER BY r.row_number, e->>'message'))
    FROM submission_row r, json_array_elements(r.problems) e
    WHERE r.submission_id = :submission_id AND r.levels && '{finding}' AND e->>'level' = 'finding'
    GROUP BY e->>'code'
), gone AS (
    UPDATE finding f SET state = 'gone', reason = '', resolved_by = '', resolved_at = NULL, version = f.version + 1
    WHERE f.submission_id = :submission_id AND f.state <> 'gone' AND NOT EXISTS (SELECT FROM found n
        WHERE n.subject = f.subject AND n.code = f.code AND n.field = f.field)
)
INSERT INTO finding AS f (submission_id, subject, code, field, message, row_count, row_number, digest)
SELECT :submission_id, n.subject, n.code, n.field, n.message, n.row_count, n.row_number, n.digest FROM found n
ON CONFLICT (submission_id, subject, code, field) DO UPDATE SET message = excluded.message,
    row_count = excluded.row_count, row_number = excluded.row_number, digest = excluded.digest,
    state = CASE f.state WHEN 'asked' THEN 'asked' ELSE 'open' END, reason = '', resolved_by = '', resolved_at = NULL,
    version = f.version + 1
WHERE f.digest <> excluded.digest OR f.state = 'gone';

-- name: lock_findings
-- Findings of a submission that are there, locked: those named, or all that are in one of the states.
SELECT f.id, f.submission_id, f.code, f.message, f.state, f.digest, f.version
FROM finding f
WHERE f.submission_id = :submission_id AND f.state <> 'gone'
    AND (f.id = ANY(:ids::uuid[]) OR f.state = ANY(:states::text[]))
ORDER BY f.code, f.field FOR UPDATE;

-- name: settle_findings
-- Findings that were asked about, answered, or accepted with a reason, each with its line in the history.
WITH settled AS (
    UPDATE finding f SET state = :way, reason = CASE WHEN :way = 'asked' THEN '' ELSE :reason END,
        resolved_by = CASE WHEN :way = 'asked' THEN '' ELSE :done_by END,
        resolved_at = CASE WHEN :way = 'asked' THEN NULL ELSE :at::timestamptz END, version = f.version + 1
    WHERE f.id = ANY(:ids::uuid[])
    RETURNING f.id, f.digest
)
INSERT INTO finding_resolution (finding_id, way, digest, reason, message_id, done_by, done_at)
SELECT s.id, :way, s.digest, :reason, :message_id, :done_by, :at FROM settled s;

-- name: count_unresolved
-- How many findings of a submission stand in the way of its acceptance.
SELECT count(*)::integer FROM finding f WHERE f.submission_id = :submission_id AND f.state IN ('open', 'asked');

-- name: reason_of
-- Why a finding of a submission was accepted; none where it was not.
SELECT f.reason FROM finding f
WHERE f.submission_id = :submission_id AND f.code = :code AND f.state IN ('accepted', 'answered');
