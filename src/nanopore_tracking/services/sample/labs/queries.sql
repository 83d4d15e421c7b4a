-- list: labs
-- One page of labs in a scope.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'name', l.name, 'pi_name', l.pi_name,
    'pi_email', l.pi_email, 'organisation', l.organisation, 'active', l.active,
    'project_count', (SELECT count(*) FROM project p WHERE p.lab_id = l.id),
    'created_at', l.created_at, 'updated_at', l.updated_at, 'version', l.version)::text AS item
FROM lab l
WHERE (:scope::uuid[] IS NULL OR l.id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: active boolean   l.active = :active
-- filter: q text   strpos(lower(l.name || ' ' || l.pi_name || ' ' || l.organisation), lower(:q)) > 0
-- sort: name text l.name
-- sort: updated timestamptz l.updated_at

-- name: show_lab
-- One lab in a scope.
SELECT l.version, json_build_object('id', l.id, 'name', l.name, 'pi_name', l.pi_name,
    'pi_email', l.pi_email, 'organisation', l.organisation, 'active', l.active,
    'project_count', (SELECT count(*) FROM project p WHERE p.lab_id = l.id),
    'created_at', l.created_at, 'updated_at', l.updated_at, 'version', l.version)::text AS item
FROM lab l
WHERE l.id = :lab_id AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope));

-- name: insert_lab
-- A new lab.
INSERT INTO lab (id, name, pi_name, pi_email, organisation, active, created_at, updated_at)
VALUES (:lab_id, :name, :pi_name, :pi_email, :organisation, true, :at, :at);

-- name: lock_lab
-- A lab in a scope, locked to be changed.
SELECT l.id, l.name, l.pi_name, l.pi_email, l.organisation, l.active, l.version
FROM lab l
WHERE l.id = :lab_id AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope))
FOR UPDATE;

-- name: hold_lab
-- A lab in a scope, kept as it is until the transaction ends.
SELECT l.id, l.name, l.pi_name, l.pi_email, l.organisation, l.active, l.version
FROM lab l
WHERE l.id = :lab_id AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope))
FOR SHARE;

-- name: update_lab
-- The changed lab.
UPDATE lab SET name = :name, pi_name = :pi_name, pi_email = :pi_email, organisation = :organisation, active = :active,
    updated_at = :at, version = version + 1
WHERE id = :lab_id;

-- name: name_of_lab
-- The name of a lab in a scope.
SELECT l.name FROM lab l WHERE l.id = :lab_id AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope));
