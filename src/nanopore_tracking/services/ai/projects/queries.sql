-- name: keep_project
-- A project as the sample service announced it.
INSERT INTO project (id, lab_id, code, title, status) VALUES (:project_id, :lab_id, :code, :title, :status)
ON CONFLICT (id) DO UPDATE SET lab_id = excluded.lab_id, code = excluded.code, title = excluded.title,
    status = excluded.status;

-- name: find_project
-- One project in a scope.
SELECT p.id, p.lab_id, p.code, p.title, p.status FROM project p
WHERE p.id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope));
