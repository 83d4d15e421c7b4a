-- list: extractions
-- One page of readings in a scope.
SELECT x.id, /*sort*/ AS sort_key, x.item FROM extraction_shown x
WHERE (:scope::uuid[] IS NULL OR x.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: state text[]   x.state = ANY(:state)
-- filter: project_id uuid   x.project_id = :project_id
-- filter: document_id uuid   x.document_id = :document_id
-- filter: q text   x.filename ILIKE '%' || replace(replace(replace(:q, '\', '\\'), '%', '\%'), '_', '\_') || '%'
-- sort: requested timestamptz x.requested_at

-- name: show_extraction
-- One reading in a scope.
SELECT x.version, x.item FROM extraction_shown x
WHERE x.id = :extraction_id AND (:scope::uuid[] IS NULL OR x.lab_id = ANY(:scope));

-- name: insert_extraction
-- A reading that waits to be done.
INSERT INTO extraction (id, document_id, project_id, lab_id, wanted_sheet, wanted_template, wanted_pages, as_form,
    chosen, requested_by, request_id, requested_at)
VALUES (:extraction_id, :document_id, :project_id, :lab_id, :wanted_sheet, :wanted_template, :wanted_pages, :as_form, :chosen::jsonb,
    :requested_by::jsonb, :request_id, :at);

-- name: find_document
-- The document that a reading is asked for, in a scope.
SELECT d.id, d.project_id, d.lab_id, d.filename FROM document d
WHERE d.id = :document_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope));

-- name: last_columns
-- The columns that the last reading of a document found.
SELECT e.columns::text FROM extraction e WHERE e.document_id = :document_id AND e.columns <> '[]'
ORDER BY e.requested_at DESC, e.id DESC LIMIT 1;

-- name: claim_extraction
-- The reading that has waited longest, or one whose service gives no sign of life, now ours for some seconds.
UPDATE extraction e SET state = 'reading', attempts = e.attempts + 1, row_count = NULL, rows_read = 0,
    scan_count = NULL, scans_read = 0, lease_until = now() + make_interval(secs => :lease_s), version = e.version + 1
FROM document d
WHERE d.id = e.document_id AND e.id = (
    SELECT w.id FROM extraction w
    WHERE (w.state = 'queued' AND (w.not_before IS NULL OR w.not_before < now()))
        OR (w.state = 'reading' AND w.lease_until < now())
    ORDER BY w.requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING e.id, e.document_id, e.project_id, e.lab_id, d.filename, d.kind, coalesce(d.unlocked_sha256, d.sha256) AS sha256,
    e.wanted_sheet, e.wanted_pages, e.wanted_template, e.as_form, e.chosen::text AS chosen, e.attempts, e.requested_by::text AS requested_by, e.request_id;

-- name: touch_extraction
-- How far a reading is, and that its service is alive; nothing when it is not ours any more.
UPDATE extraction SET row_count = :row_count, rows_read = :rows_read, scan_count = :scan_count,
    scans_read = :scans_read, lease_until = now() + make_interval(secs => :lease_s)
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts RETURNING id;

-- name: give_back_extraction
-- A reading that could not be done now; it waits again, for some seconds at least.
UPDATE extraction SET state = 'queued', lease_until = NULL, attempts = attempts - 1, version = version + 1,
    not_before = now() + make_interval(secs => :pause_s)
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts;

-- name: finish_extraction
-- A reading that is done, or that needs a person to say what columns hold; nothing when it is not ours any more.
UPDATE extraction SET state = :state, lease_until = NULL, row_count = :row_count, rows_read = :rows_read,
    needs_review_count = :needs_review_count, sheet = :sheet, sheets = :sheets::jsonb, header_row = :header_row,
    columns = :columns::jsonb, header = :header::jsonb, questions = :questions::jsonb, notes = :notes::jsonb,
    finished_at = :at, version = version + 1
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts RETURNING id;

-- name: refuse_extraction
-- A reading that cannot be done, with the reason; nothing when it is not ours any more.
UPDATE extraction SET state = 'refused', lease_until = NULL, error = :error, finished_at = :at, version = version + 1
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts RETURNING id;

-- name: lock_extraction
-- A reading that is about to be changed, in a scope, locked.
SELECT e.id, e.document_id, e.project_id, e.lab_id, d.filename, e.state, e.version, e.as_form, e.wanted_template,
    e.wanted_pages, e.chosen::text AS chosen, e.columns::text AS columns, e.submission_id, e.submission_code
FROM extraction e JOIN document d ON d.id = e.document_id
WHERE e.id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope)) FOR UPDATE OF e;

-- name: claimed_by
-- The reading that belongs to a submission.
SELECT id FROM extraction WHERE submission_id = :submission_id;

-- name: give_extraction
-- The submission that a reading belongs to, or none.
UPDATE extraction SET submission_id = :submission_id, submission_code = :submission_code, version = version + 1
WHERE id = :extraction_id;

-- name: queue_extraction
-- A reading that waits again, with what a person said about its columns.
UPDATE extraction SET state = 'queued', chosen = :chosen::jsonb, questions = '[]', attempts = 0, finished_at = NULL,
    requested_by = :requested_by::jsonb, request_id = :request_id, version = version + 1
WHERE id = :extraction_id;
