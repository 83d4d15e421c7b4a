-- name: keep_print
-- The labels of a form that was read.
INSERT INTO form_print (extraction_id, lab_id, project_id, labels, read_at)
VALUES (:extraction_id, :lab_id, :project_id, :labels, :at);

-- name: similar
-- Accepted forms of a lab, of one project where that is given, that have the most labels in common with some labels.
SELECT m.extraction_id, m.filename, m.template, m.read_at, m.alike FROM (
    SELECT p.extraction_id, d.filename, f.template, p.read_at,
        cardinality(ARRAY(SELECT unnest(p.labels) INTERSECT SELECT unnest(:labels::text[])))::float8
            / greatest(1, cardinality(ARRAY(SELECT unnest(p.labels) UNION SELECT unnest(:labels::text[])))) AS alike
    FROM (SELECT q.* FROM form_print q WHERE q.lab_id = :lab_id ORDER BY q.read_at DESC, q.extraction_id DESC
        LIMIT :newest) p
        JOIN form_reading f ON f.extraction_id = p.extraction_id JOIN extraction e ON e.id = p.extraction_id
        JOIN document d ON d.id = e.document_id
    WHERE e.state = 'read' AND (:project_id::uuid IS NULL OR p.project_id = :project_id)) m
WHERE m.alike >= :least ORDER BY m.alike DESC, m.read_at DESC LIMIT :most;

-- name: labels_of
-- The labels of a form, and whose it is, in a scope.
SELECT p.labels, p.lab_id, p.project_id FROM form_print p
WHERE p.extraction_id = :extraction_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope));

-- name: examples
-- What people found on an accepted form: the texts of its pages, and each field as it counts.
SELECT f.texts::text AS texts, (SELECT coalesce(json_agg(json_build_array(v.field, v.raw) ORDER BY v.position), '[]')
    FROM form_value_now v WHERE v.extraction_id = f.extraction_id AND v.row_number IS NULL AND v.raw <> '')::text AS told
FROM form_reading f WHERE f.extraction_id = :extraction_id;
