-- name: lock_reading
-- Lock a reading about which something is to be done, in a scope.
SELECT e.id FROM extraction e
WHERE e.id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope)) FOR UPDATE;

-- name: find_reading
-- A reading as it is now, in a scope.
SELECT e.id, e.document_id, e.project_id, e.lab_id, d.filename, d.sha256, e.state, e.version, e.page_count,
    EXISTS (SELECT FROM form_reading f WHERE f.extraction_id = e.id) AS reviewed
FROM extraction e JOIN document d ON d.id = e.document_id
WHERE e.id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope));

-- name: cancel
-- A reading that is given up; whoever reads it stops as soon as they see that it is not theirs any more.
UPDATE extraction SET state = 'cancelled', lease_until = NULL, questions = '[]', notes = :notes::jsonb,
    finished_at = :at, version = version + 1
WHERE id = :extraction_id;

-- name: queue_again
-- A reading that waits again, as if it had never been begun; pages: those that are read, null for all.
UPDATE extraction SET state = 'queued', lease_until = NULL, not_before = NULL, attempts = 0, error = NULL,
    notes = '[]', finished_at = NULL, rows_read = 0, wanted_pages = coalesce(:pages, wanted_pages),
    requested_by = :requested_by::jsonb, request_id = :request_id, version = version + 1
WHERE id = :extraction_id;

-- name: ask
-- A reading that needs what a person knows; nothing when it is not ours any more.
UPDATE extraction SET state = :state, lease_until = NULL, page_count = :page_count, notes = :notes::jsonb,
    version = version + 1
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts RETURNING id;

-- name: unlock_document
-- Where the copy of a file without its password is.
UPDATE document SET unlocked_sha256 = :sha256 WHERE id = :document_id;
