-- list: aliquots
-- One page of the aliquots of a sample within the labs in scope.
SELECT a.id, /*sort*/ AS sort_key, json_build_object('id', a.id, 'code', a.code, 'sample_id', a.sample_id,
    'sample_code', s.code, 'volume_ul', a.volume_ul, 'mass_ng', a.mass_ng, 'available_ul', a.available_ul,
    'used_ul', a.used_ul, 'purpose', a.purpose, 'taken_by', a.taken_by, 'taken_at', a.taken_at)::text AS item
FROM aliquot a JOIN sample s ON s.id = a.sample_id
WHERE a.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   a.id = :id
-- sort: taken timestamptz a.taken_at

-- name: taken_since
-- How much was taken of a sample since its volume was measured, as aliquots and by libraries that were made of it.
SELECT coalesce((SELECT sum(a.volume_ul) FROM aliquot a
        WHERE a.sample_id = :sample_id AND a.taken_at > since.at), 0)
    + coalesce((SELECT sum(o.volume_ul) FROM library_source o
        WHERE o.sample_id = :sample_id AND o.aliquot_id IS NULL AND o.made_at > since.at), 0) AS taken_ul
FROM (SELECT coalesce((SELECT m.recorded_at FROM measurement m
    WHERE m.sample_id = :sample_id AND m.subject = 'sample' AND m.quantity = 'volume'
        AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
        AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
    ORDER BY m.measured_at DESC, m.recorded_at DESC, m.id DESC LIMIT 1), '-infinity'::timestamptz) AS at) since;

-- name: insert_aliquot
-- A new aliquot.
INSERT INTO aliquot (id, code, sample_id, volume_ul, mass_ng, available_ul, purpose, taken_by, taken_at)
VALUES (:id, :code, :sample_id, :volume_ul, :mass_ng::float8, :available_ul, :purpose, :taken_by, :at);

-- name: lock_aliquot
-- An aliquot within the labs in scope, by its id, or by its code where the id is null, locked to be used.
SELECT a.id, a.code, a.sample_id, a.volume_ul, a.used_ul
FROM aliquot a JOIN sample s ON s.id = a.sample_id
WHERE a.id = coalesce(:aliquot_id::uuid, (SELECT c.id FROM aliquot c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
FOR NO KEY UPDATE OF a;

-- name: use_aliquot
-- An aliquot that a library took from.
UPDATE aliquot SET used_ul = least(volume_ul, used_ul + :volume_ul) WHERE id = :aliquot_id;
