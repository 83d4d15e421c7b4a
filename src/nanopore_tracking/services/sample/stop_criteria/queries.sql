-- name: insert_criteria
-- What a person confirmed.
INSERT INTO stop_criteria (id, run_id, criteria, proposed, sentence, note, confirmed_by, confirmed_at)
VALUES (:id, :run_id, :criteria::jsonb, :proposed::jsonb, :sentence, :note, :confirmed_by, :at);

-- list: criteria
-- One page of what was confirmed.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'run', r.code, 'criteria', c.criteria,
    'proposed', c.proposed, 'sentence', c.sentence, 'note', c.note, 'confirmed_by', c.confirmed_by,
    'confirmed_at', c.confirmed_at)::text AS item
FROM stop_criteria c JOIN sequencing_run r ON r.id = c.run_id
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- filter: run_id uuid   c.run_id = :run_id
-- sort: confirmed timestamptz c.confirmed_at
