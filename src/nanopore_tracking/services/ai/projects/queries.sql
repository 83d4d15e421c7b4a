-- name: keep_project
-- A project as the sample service announced it.
INSERT INTO project (id, lab_id, code, title, status, remote_models, remote_models_by, remote_models_at)
VALUES (:project_id, :lab_id, :code, :title, :status, :remote_models, :remote_models_by, :remote_models_at)
ON CONFLICT (id) DO UPDATE SET lab_id = excluded.lab_id, code = excluded.code, title = excluded.title,
    status = excluded.status, remote_models = excluded.remote_models, remote_models_by = excluded.remote_models_by,
    remote_models_at = excluded.remote_models_at;

-- name: find_project
-- One project in a scope.
SELECT p.id, p.lab_id, p.code, p.title, p.status, p.remote_models, p.remote_models_by, p.remote_models_at
FROM project p
WHERE p.id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope));
