-- name: keep_submission
-- A submission as the sample service announced it.
INSERT INTO submission (id, code, project_id, lab_id, status)
VALUES (:submission_id, :code, :project_id, :lab_id, :status)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, project_id = excluded.project_id, lab_id = excluded.lab_id,
    status = excluded.status;

-- name: find_submission
-- One submission in a scope.
SELECT s.id, s.code, s.project_id, s.lab_id, s.status FROM submission s
WHERE s.id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));
