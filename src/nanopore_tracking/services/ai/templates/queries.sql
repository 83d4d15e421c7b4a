-- list: templates
-- One page of known forms.
SELECT t.id, /*sort*/ AS sort_key, json_build_object('id', t.id, 'name', t.name, 'content', t.content,
    'active', t.active, 'shipped', t.shipped, 'changed_by', t.changed_by, 'changed_at', t.changed_at,
    'version', t.version)::text AS item
FROM form_template t
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   t.id = :id
-- filter: active boolean   t.active = :active
-- sort: name text t.name

-- name: active_templates
-- The forms that are looked for.
SELECT t.name, t.version, t.content::text AS content FROM form_template t WHERE t.active ORDER BY t.name;

-- name: lock_template
-- A known form that is about to be changed, locked.
SELECT t.id, t.name, t.version, t.active, t.shipped, t.content::text AS content
FROM form_template t WHERE t.id = :template_id FOR UPDATE;

-- name: find_named
-- A known form by its name.
SELECT t.id, t.shipped, t.content::text AS content FROM form_template t WHERE t.name = :name;

-- name: insert_template
-- A form that is known from now on.
INSERT INTO form_template (id, name, content, shipped, changed_by, changed_at)
VALUES (:template_id, :name, :content::jsonb, :shipped, :by, :at);

-- name: change_template
-- What is known of a form from now on.
UPDATE form_template SET content = :content::jsonb, active = :active, shipped = :shipped, changed_by = :by,
    changed_at = :at, version = version + 1
WHERE id = :template_id;
