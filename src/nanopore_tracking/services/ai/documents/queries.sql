-- name: insert_document
-- A file that was uploaded and is kept.
INSERT INTO document (id, project_id, lab_id, filename, kind, size_bytes, sha256, note, uploaded_by, uploaded_at)
VALUES (:document_id, :project_id, :lab_id, :filename, :kind, :size_bytes, :sha256, :note, :uploaded_by, :at);

-- name: find_same
-- The newest document of a project with the same content.
SELECT d.filename, d.uploaded_by, d.uploaded_at FROM document d
WHERE d.project_id = :project_id AND d.sha256 = :sha256 ORDER BY d.uploaded_at DESC LIMIT 1;

-- name: show_document
-- One document in a scope, with its newest reading.
SELECT d.filename, d.kind, d.sha256, coalesce(d.unlocked_sha256, d.sha256) AS readable_sha256, json_build_object('id', d.id, 'project_id', d.project_id, 'project_code', p.code,
    'lab_id', d.lab_id, 'filename', d.filename, 'kind', d.kind, 'size_bytes', d.size_bytes, 'sha256', d.sha256,
    'uploaded_by', d.uploaded_by, 'uploaded_at', d.uploaded_at, 'note', d.note, 'extraction_id', (
        SELECT e.id FROM extraction e WHERE e.document_id = d.id ORDER BY e.requested_at DESC, e.id DESC LIMIT 1
    ))::text AS item
FROM document d JOIN project p ON p.id = d.project_id
WHERE d.id = :document_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope));
