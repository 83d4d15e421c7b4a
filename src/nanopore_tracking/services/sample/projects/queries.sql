-- list: projects
-- One page of projects in a scope.
SELECT p.id, /*sort*/ AS sort_key, json_build_object('id', p.id, 'code', p.code, 'title', p.title, 'lab_id', p.lab_id,
    'lab_name', l.name, 'status', p.status, 'data_classification', p.data_classification,
    'remote_models', p.remote_models, 'remote_models_by', p.remote_models_by, 'remote_models_at', p.remote_models_at,
    'submission_count', (SELECT count(*) FROM submission s WHERE s.project_id = p.id AND s.status <> 'cancelled'),
    'created_at', p.created_at, 'updated_at', p.updated_at, 'version', p.version)::text AS item
FROM project p JOIN lab l ON l.id = p.lab_id
WHERE (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: status text[]   p.status = ANY(:status)
-- filter: lab_id uuid   p.lab_id = :lab_id
-- filter: q text   strpos(lower(p.code || ' ' || p.title || ' ' || l.name), lower(:q)) > 0
-- sort: code text p.code
-- sort: updated timestamptz p.updated_at

-- name: show_project
-- One project in a scope.
SELECT p.version, json_build_object('id', p.id, 'code', p.code, 'title', p.title, 'lab_id', p.lab_id,
    'lab_name', l.name, 'status', p.status, 'data_classification', p.data_classification,
    'remote_models', p.remote_models, 'remote_models_by', p.remote_models_by, 'remote_models_at', p.remote_models_at,
    'submission_count', (SELECT count(*) FROM submission s WHERE s.project_id = p.id AND s.status <> 'cancelled'),
    'created_at', p.created_at, 'updated_at', p.updated_at, 'version', p.version)::text AS item
FROM project p JOIN lab l ON l.id = p.lab_id
WHERE p.id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope));

-- name: next_number
-- The next number of the projects that are given no code.
INSERT INTO counter (series, year, last) VALUES ('project', 0, 1)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1
RETURNING last;

-- name: code_taken
-- Whether a project has this code.
SELECT EXISTS (SELECT 1 FROM project WHERE code = :code);

-- name: insert_project
-- A new project.
INSERT INTO project (id, code, title, lab_id, data_classification, created_at, updated_at)
VALUES (:project_id, :code, :title, :lab_id, :data_classification, :at, :at);

-- name: lock_project
-- A project in a scope, locked to be changed.
SELECT p.id, p.code, p.title, p.lab_id, l.active AS lab_active, p.status, p.data_classification,
    p.remote_models, p.remote_models_by, p.remote_models_at, p.version
FROM project p JOIN lab l ON l.id = p.lab_id
WHERE p.id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))
FOR UPDATE OF p;

-- name: hold_project
-- A project in a scope and its lab, kept as they are until the transaction ends.
SELECT p.id, p.code, p.title, p.lab_id, l.active AS lab_active, p.status, p.data_classification,
    p.remote_models, p.remote_models_by, p.remote_models_at, p.version
FROM project p JOIN lab l ON l.id = p.lab_id
WHERE p.id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))
FOR SHARE;

-- name: update_project
-- The changed project.
UPDATE project SET title = :title, status = :status, data_classification = :data_classification,
    remote_models = :remote_models, remote_models_by = :remote_models_by, remote_models_at = :remote_models_at,
    updated_at = :at, version = version + 1
WHERE id = :project_id;
