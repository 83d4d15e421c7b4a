-- list: files
-- One page of the files of submissions within the labs in scope; those that were removed are not shown.
SELECT f.id, /*sort*/ AS sort_key, json_build_object('id', f.id, 'submission_id', f.submission_id,
    'submission_code', s.code, 'filename', f.filename, 'kind', f.kind, 'purpose', f.purpose,
    'size_bytes', f.size_bytes, 'sha256', f.sha256, 'uploaded_by', f.uploaded_by, 'uploaded_at', f.uploaded_at,
    'version', f.version)::text AS item
FROM submission_file f JOIN submission s ON s.id = f.submission_id
WHERE f.removed_at IS NULL AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid              f.id = :id
-- filter: submission_id uuid   f.submission_id = :submission_id
-- sort: uploaded timestamptz   f.uploaded_at

-- name: find_file
-- One file within the labs in scope that was not removed.
SELECT f.id, f.submission_id, f.filename, f.kind, f.sha256, f.version
FROM submission_file f JOIN submission s ON s.id = f.submission_id
WHERE f.id = :file_id AND f.removed_at IS NULL AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: lock_submission
-- Lock a submission, so that nobody else adds a file to it meanwhile.
SELECT s.id FROM submission s WHERE s.id = :submission_id FOR UPDATE;

-- name: count_files
-- How many files a submission has.
SELECT count(*) FROM submission_file f WHERE f.submission_id = :submission_id AND f.removed_at IS NULL;

-- name: insert_file
-- A file that was added to a submission and is kept.
INSERT INTO submission_file (id, submission_id, filename, kind, purpose, size_bytes, sha256, uploaded_by, uploaded_at)
VALUES (:file_id, :submission_id, :filename, :kind, :purpose, :size_bytes, :sha256, :uploaded_by, :at);

-- name: remove_file
-- A file that does not belong to its submission any more; its content is kept.
UPDATE submission_file SET removed_by = :by, removed_at = :at, version = version + 1
WHERE id = :file_id AND removed_at IS NULL AND version = :seen RETURNING version;
