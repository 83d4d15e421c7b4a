-- list: measurements
-- One page of the measurements of a sample within the labs in scope.
SELECT m.id, /*sort*/ AS sort_key, json_build_object('id', m.id, 'sample_id', m.sample_id, 'subject', m.subject,
    'subject_code', m.subject_code, 'quantity', m.quantity, 'value', m.value, 'unit', m.unit, 'method', m.method,
    'instrument', m.instrument, 'kit_lot', m.kit_lot, 'operator', m.operator, 'measured_at', m.measured_at,
    'replaces', m.replaces, 'note', m.note, 'state', CASE WHEN i.measurement_id IS NOT NULL THEN 'invalid'
        WHEN EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id) THEN 'replaced'
        WHEN NOT m.counts THEN 'kept'
        WHEN NOT EXISTS (SELECT FROM measurement a WHERE a.subject = m.subject AND a.subject_code = m.subject_code
            AND (m.subject <> 'sample' OR a.sample_id = m.sample_id) AND a.quantity = m.quantity AND a.counts
            AND NOT EXISTS (SELECT FROM measurement_invalidation v WHERE v.measurement_id = a.id)
            AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = a.id)
            AND (a.measured_at, a.recorded_at, a.id) > (m.measured_at, m.recorded_at, m.id)) THEN 'accepted'
        ELSE 'earlier' END,
    'invalid_by', i.invalid_by, 'invalid_at', i.invalid_at, 'invalid_reason', i.reason,
    'signed_by', g.signed_by, 'signed_reason', g.reason,
    'recorded_by', m.recorded_by, 'recorded_at', m.recorded_at)::text AS item
FROM measurement m JOIN sample s ON s.id = m.sample_id
    LEFT JOIN measurement_invalidation i ON i.measurement_id = m.id
    LEFT JOIN measurement_signature g ON g.measurement_id = m.id
WHERE m.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   m.id = :id
-- filter: subject text   m.subject = :subject
-- filter: quantity text[]   m.quantity = ANY(:quantity)
-- sort: recorded timestamptz m.recorded_at

-- list: measurements_of_part
-- One page of the measurements of a library or a pool; who may see it was asked before.
SELECT m.id, /*sort*/ AS sort_key, json_build_object('id', m.id, 'sample_id', m.sample_id, 'subject', m.subject,
    'subject_code', m.subject_code, 'quantity', m.quantity, 'value', m.value, 'unit', m.unit, 'method', m.method,
    'instrument', m.instrument, 'kit_lot', m.kit_lot, 'operator', m.operator, 'measured_at', m.measured_at,
    'replaces', m.replaces, 'note', m.note, 'state', CASE WHEN i.measurement_id IS NOT NULL THEN 'invalid'
        WHEN EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id) THEN 'replaced'
        WHEN NOT m.counts THEN 'kept'
        WHEN NOT EXISTS (SELECT FROM measurement a WHERE a.subject = m.subject AND a.subject_code = m.subject_code
            AND (m.subject <> 'sample' OR a.sample_id = m.sample_id) AND a.quantity = m.quantity AND a.counts
            AND NOT EXISTS (SELECT FROM measurement_invalidation v WHERE v.measurement_id = a.id)
            AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = a.id)
            AND (a.measured_at, a.recorded_at, a.id) > (m.measured_at, m.recorded_at, m.id)) THEN 'accepted'
        ELSE 'earlier' END,
    'invalid_by', i.invalid_by, 'invalid_at', i.invalid_at, 'invalid_reason', i.reason,
    'signed_by', null, 'signed_reason', null,
    'recorded_by', m.recorded_by, 'recorded_at', m.recorded_at)::text AS item
FROM measurement m LEFT JOIN measurement_invalidation i ON i.measurement_id = m.id
WHERE m.subject = :subject AND m.subject <> 'sample' AND m.subject_code = :code /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   m.id = :id
-- filter: quantity text[]   m.quantity = ANY(:quantity)
-- sort: recorded timestamptz m.recorded_at

-- name: find_of_part
-- One measurement of a library or a pool.
SELECT m.id, m.subject, m.subject_code, m.quantity, m.value, m.unit, m.method, m.instrument, m.kit_lot, m.operator,
    m.measured_at, m.replaces, m.note, EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id) AS replaced,
    EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id) AS invalid
FROM measurement m
WHERE m.id = :measurement_id AND m.subject = :subject AND m.subject <> 'sample' AND m.subject_code = :code;

-- name: accepted_of_part
-- The measurement that counts of each quantity of a library or a pool: the latest valid one.
SELECT DISTINCT ON (m.quantity) m.quantity, m.value, m.recorded_at
FROM measurement m
WHERE m.subject = :subject AND m.subject <> 'sample' AND m.subject_code = :code AND m.counts
    AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
    AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
ORDER BY m.quantity, m.measured_at DESC, m.recorded_at DESC, m.id DESC;

-- name: find_measurement
-- One measurement of a sample.
SELECT m.id, m.subject, m.subject_code, m.quantity, m.value, m.unit, m.method, m.instrument, m.kit_lot, m.operator,
    m.measured_at, m.replaces, m.note, EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id) AS replaced,
    EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id) AS invalid,
    coalesce(g.signed_by, '') AS signed_by, coalesce(g.reason, '') AS signed_reason
FROM measurement m LEFT JOIN measurement_signature g ON g.measurement_id = m.id
WHERE m.id = :measurement_id AND m.sample_id = :sample_id;

-- name: accepted
-- The measurement that counts of each quantity of some samples themselves: the latest valid one.
SELECT DISTINCT ON (m.sample_id, m.quantity) m.sample_id, m.id, m.subject, m.subject_code, m.quantity, m.value,
    m.method
FROM measurement m
WHERE m.sample_id = ANY(:sample_ids::uuid[]) AND m.subject = 'sample' AND m.counts
    AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
    AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
ORDER BY m.sample_id, m.quantity, m.measured_at DESC, m.recorded_at DESC, m.id DESC;

-- name: insert_measurement
-- A new measurement.
INSERT INTO measurement (id, sample_id, subject, subject_code, quantity, value, unit, method, counts, instrument,
    kit_lot, operator, measured_at, replaces, note, recorded_by, recorded_at)
VALUES (:id, :sample_id::uuid, :subject, :subject_code, :quantity, :value, :unit, :method, :counts, :instrument,
    :kit_lot, :operator, :measured_at, :replaces, :note, :recorded_by, :at);

-- name: invalidate
-- A measurement that does not count, and why.
INSERT INTO measurement_invalidation (measurement_id, reason, invalid_by, invalid_at)
VALUES (:measurement_id, :reason, :invalid_by, :at);

-- name: sign
-- A person's word that a measurement may be diluted by.
INSERT INTO measurement_signature (measurement_id, reason, signed_by, signed_at)
VALUES (:measurement_id, :reason, :signed_by, :at);
