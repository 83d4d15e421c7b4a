-- list: labels
-- One page of what corrections taught, in a scope.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'lab_id', l.lab_id, 'label', l.spelled,
    'field', l.field, 'weight', l.weight, 'learnt_by', l.learnt_by, 'learnt_at', l.learnt_at,
    'version', l.version)::text AS item
FROM form_label l
WHERE (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: lab_id uuid   l.lab_id = :lab_id
-- sort: learnt timestamptz l.learnt_at

-- name: known_labels
-- What labels mean on the forms of a lab: as it confirmed them often enough, else as several labs did.
SELECT DISTINCT ON (n.label) n.label, n.field FROM (
    SELECT l.label, l.field, l.weight, true AS own FROM form_label l
    WHERE l.lab_id = :lab_id AND l.weight >= :enough
    UNION ALL
    SELECT l.label, l.field, sum(l.weight), false FROM form_label l GROUP BY l.label, l.field
    HAVING count(*) > 1 AND sum(l.weight) >= :enough) n
ORDER BY n.label, n.own DESC, n.weight DESC, n.field;

-- name: learn
-- One more confirmation of what a label means; how often it was confirmed now.
INSERT INTO form_label (id, lab_id, label, spelled, field, weight, learnt_by, learnt_at)
VALUES (:label_id, :lab_id, :label, :spelled, :field, :weight, :by, :at)
ON CONFLICT (lab_id, label, field) DO UPDATE SET weight = form_label.weight + excluded.weight,
    learnt_by = excluded.learnt_by, learnt_at = excluded.learnt_at, version = form_label.version + 1
RETURNING id, weight;

-- name: forget
-- A label that means nothing any more.
DELETE FROM form_label l
WHERE l.id = :label_id AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) RETURNING l.lab_id, l.spelled, l.field;
