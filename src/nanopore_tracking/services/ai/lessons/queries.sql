-- list: labels
-- One page of what corrections taught, in a scope.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'lab_id', l.lab_id, 'label', l.spelled,
    'kind', l.kind, 'template', l.template, 'field', l.field, 'people', (SELECT count(*) FROM form_label_said s
        WHERE s.label_id = l.id), 'of_people', (SELECT sum(s.of_person) FROM form_label_said s WHERE s.label_id = l.id),
    'of_forms', (SELECT sum(s.of_forms) FROM form_label_said s WHERE s.label_id = l.id), 'learnt_by', l.learnt_by, 'learnt_at', l.learnt_at,
    'version', l.version)::text AS item
FROM form_label l
WHERE (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: lab_id uuid   l.lab_id = :lab_id
-- sort: learnt timestamptz l.learnt_at

-- name: known_labels
-- What labels mean on the forms of a lab: as it confirmed them often enough, else as several labs did. A person's word
-- counts once, wherever it was said, unless the forms count on which it was.
WITH said AS (
    SELECT s.label, s.field, s.account_id, CASE WHEN :people THEN max(s.of_person) ELSE sum(s.of_forms) END AS weight,
        CASE WHEN :people THEN max(s.of_person) FILTER (WHERE s.lab_id = :lab_id)
            ELSE sum(s.of_forms) FILTER (WHERE s.lab_id = :lab_id) END AS own_weight
    FROM form_label_said s GROUP BY s.label, s.field, s.account_id
), labs AS (
    SELECT l.label, l.field, count(DISTINCT l.lab_id) AS many FROM form_label l GROUP BY l.label, l.field
), weighed AS (
    SELECT d.label, d.field, sum(d.weight) AS weight, coalesce(sum(d.own_weight), 0) AS own_weight
    FROM said d GROUP BY d.label, d.field
)
SELECT DISTINCT ON (w.label) w.label, w.field FROM weighed w JOIN labs b USING (label, field)
WHERE w.own_weight >= :enough OR (b.many > 1 AND w.weight >= :enough)
ORDER BY w.label, w.own_weight >= :enough DESC, w.own_weight DESC, w.weight DESC, w.field;

-- name: known_on_templates
-- What labels mean on the known forms of a lab, where they were confirmed often enough on that form itself.
WITH weighed AS (
    SELECT d.template, d.label, d.field, sum(d.weight) AS weight FROM (
        SELECT s.template, s.label, s.field, s.account_id,
            CASE WHEN :people THEN max(s.of_person) ELSE sum(s.of_forms) END AS weight
        FROM form_label_said s WHERE s.lab_id = :lab_id AND s.template <> ''
        GROUP BY s.template, s.label, s.field, s.account_id) d
    GROUP BY d.template, d.label, d.field
)
SELECT DISTINCT ON (w.template, w.label) w.template, w.label, w.field FROM weighed w WHERE w.weight >= :enough
ORDER BY w.template, w.label, w.weight DESC, w.field;

-- name: learn
-- A label that somebody says something of, once more where it is known.
INSERT INTO form_label (id, lab_id, template, kind, label, spelled, field, learnt_by, learnt_at)
VALUES (:label_id, :lab_id, :template, :kind, :label, :spelled, :field, :by, :at)
ON CONFLICT (lab_id, template, kind, label, field) DO UPDATE SET
    learnt_by = excluded.learnt_by, learnt_at = excluded.learnt_at, version = form_label.version + 1
RETURNING id;

-- name: confirm
-- The word of a person on one form; said twice on the same form, it counts once.
INSERT INTO form_label_confirmation (id, label_id, account_id, confirmed_by, extraction_id, weight, confirmed_at)
VALUES (:id, :label_id, :account_id, :by, :extraction_id, :weight, :at)
ON CONFLICT (label_id, account_id, extraction_id) DO UPDATE SET
    weight = greatest(form_label_confirmation.weight, excluded.weight), confirmed_at = excluded.confirmed_at;

-- name: weight_of
-- How much has been said for a label.
SELECT CASE WHEN :people THEN sum(s.of_person) ELSE sum(s.of_forms) END::integer FROM form_label_said s
WHERE s.label_id = :label_id;

-- name: forget
-- A label that means nothing any more.
DELETE FROM form_label l
WHERE l.id = :label_id AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) RETURNING l.lab_id, l.spelled, l.field;
