-- list: charge_codes
-- One page of the charge codes of a lab within the labs in scope.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'lab_id', c.lab_id, 'code', c.code,
    'valid_from', c.valid_from, 'valid_to', c.valid_to, 'valid', c.valid_from <= :day
        AND (c.valid_to IS NULL OR c.valid_to >= :day), 'authorised_by', c.authorised_by, 'note', c.note,
    'created_by', c.created_by, 'created_at', c.created_at, 'updated_at', c.updated_at, 'version', c.version)::text
    AS item
FROM charge_code c
WHERE c.lab_id = :lab_id AND (:scope::uuid[] IS NULL OR c.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: code text c.code

-- name: show_charge_code
-- One charge code of a lab.
SELECT c.version, json_build_object('id', c.id, 'lab_id', c.lab_id, 'code', c.code,
    'valid_from', c.valid_from, 'valid_to', c.valid_to, 'valid', c.valid_from <= :day
        AND (c.valid_to IS NULL OR c.valid_to >= :day), 'authorised_by', c.authorised_by, 'note', c.note,
    'created_by', c.created_by, 'created_at', c.created_at, 'updated_at', c.updated_at, 'version', c.version)::text
    AS item
FROM charge_code c WHERE c.id = :code_id;

-- name: lock_charge_code
-- A charge code of a lab, locked to be changed.
SELECT c.id, c.lab_id, c.code, c.valid_from, c.valid_to, c.authorised_by, c.note, c.version
FROM charge_code c WHERE c.id = :code_id AND c.lab_id = :lab_id
FOR UPDATE;

-- name: insert_charge_code
-- A charge code as it was entered.
INSERT INTO charge_code (id, lab_id, code, valid_from, valid_to, authorised_by, note, created_by, created_at,
    updated_at)
VALUES (:code_id, :lab_id, :code, :valid_from, :valid_to, :authorised_by, :note, :by, :at, :at);

-- name: update_charge_code
-- The end of a charge code and its note, changed.
UPDATE charge_code SET valid_to = :valid_to, note = :note, updated_at = :at, version = version + 1
WHERE id = :code_id;

-- name: charge_of
-- The code that work is charged to at a moment, as the submission or else its project says, and what its lab knows of it.
SELECT x.code, c.id IS NOT NULL AS known, c.valid_from, c.valid_to
FROM (SELECT coalesce(nullif(:said::text, ''), (SELECT p.charge_code FROM project_charge p
    WHERE p.project_id = :project_id AND p.set_at <= :at ORDER BY p.set_at DESC, p.id DESC LIMIT 1), '') AS code) x
LEFT JOIN charge_code c ON c.lab_id = :lab_id AND c.code = x.code;

-- name: charges_of_samples
-- The code that the work on each sample is charged to at a moment, and what its lab knows of it.
SELECT x.sample_id, x.code, c.id IS NOT NULL AS known, c.valid_from, c.valid_to
FROM (SELECT s.id AS sample_id, s.lab_id, coalesce(nullif(u.charge_code, ''), (SELECT p.charge_code FROM project_charge p
        WHERE p.project_id = s.project_id AND p.set_at <= :at ORDER BY p.set_at DESC, p.id DESC LIMIT 1), '') AS code
    FROM sample s LEFT JOIN submission u ON u.id = s.submission_id WHERE s.id = ANY(:sample_ids::uuid[])) x
LEFT JOIN charge_code c ON c.lab_id = x.lab_id AND c.code = x.code;

-- list: project_charges
-- One page of the charge codes that the work of a project went to, within the labs in scope.
SELECT h.id, /*sort*/ AS sort_key, json_build_object('id', h.id, 'project_id', h.project_id,
    'charge_code', h.charge_code, 'set_by', h.set_by, 'set_at', h.set_at)::text AS item
FROM project_charge h JOIN project p ON p.id = h.project_id
WHERE h.project_id = :project_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: set timestamptz h.set_at

-- name: insert_project_charge
-- The code that the work of a project goes to from now on.
INSERT INTO project_charge (id, project_id, charge_code, set_by, set_at)
VALUES (:id, :project_id, :charge_code, :by, :at);
