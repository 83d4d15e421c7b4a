-- name: insert_hints
-- What nobody knew of a form.
INSERT INTO form_hint (id, extraction_id, position, kind, label, raw, page, place, field, alike, way, score)
SELECT n.id, :extraction_id, n.position, n.kind, n.label, n.raw, n.page, n.place, n.field, n.alike, n.way, n.score
FROM jsonb_to_recordset(:items::jsonb) AS n(id uuid, position integer, kind text, label text, raw text, page integer,
    place text, field text, alike text, way text, score real);

-- name: show_hints
-- The same, as it is answered.
SELECT coalesce(json_agg(json_build_object('id', h.id, 'kind', h.kind, 'label', h.label, 'raw', h.raw, 'page', h.page,
    'place', h.place, 'field', h.field, 'alike', h.alike, 'way', h.way, 'score', h.score, 'taken_as', h.taken_as,
    'taken_by', h.taken_by, 'taken_at', h.taken_at) ORDER BY h.position), '[]')::text
FROM form_hint h WHERE h.extraction_id = :extraction_id;

-- name: find_hints
-- Some of it, about which a person says something.
SELECT h.id, h.kind, h.label, h.raw, h.field FROM form_hint h
WHERE h.extraction_id = :extraction_id AND h.id = ANY(:ids::uuid[]) ORDER BY h.position;

-- name: take_hint
-- What a person said that a text is.
UPDATE form_hint SET taken_as = :field, taken_by = :by, taken_at = :at WHERE id = :hint_id;

-- name: labels_beside
-- The labels that nobody knew beside which a value stands.
SELECT h.label FROM form_hint h WHERE h.extraction_id = :extraction_id AND h.kind = 'label' AND h.raw = :raw;
