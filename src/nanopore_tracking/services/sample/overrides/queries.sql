-- list: overrides
-- One page of the overrides that were asked for, within the labs in scope; those of the facility's things for all labs.
SELECT o.id, /*sort*/ AS sort_key, json_build_object('id', o.id, 'kind', o.kind, 'thing_id', o.thing_id,
    'code', coalesce(s.code, b.code, p.code, r.code, c.flow_cell_id, k.kit_code || ' lot ' || k.lot, c.product_code),
    'name', coalesce(s.name, p.name, r.sample_id, c.product_code, b.kit, ''), 'lab_name', coalesce(l.name, ''),
    'project_code', coalesce(j.code, ''), 'before', o.stage, 'to', o.to_stage, 'reason', o.reason,
    'missing', o.missing, 'messages', o.messages, 'asked_by', o.asked_by, 'asked_by_id', o.asked_by_id,
    'asked_at', o.asked_at, 'expires_at', o.expires_at, 'state', o.state, 'settled_by', o.settled_by,
    'settled_at', o.settled_at, 'note', o.note, 'version', o.version)::text AS item
FROM sample_override o LEFT JOIN sample s ON s.id = o.sample_id LEFT JOIN library b ON b.id = o.library_id
LEFT JOIN pool p ON p.id = o.pool_id LEFT JOIN sequencing_run r ON r.id = o.run_id
LEFT JOIN flow_cell c ON c.id = o.flow_cell_id LEFT JOIN kit_lot k ON k.id = o.kit_lot_id
LEFT JOIN lab l ON l.id = coalesce(s.lab_id, b.lab_id) LEFT JOIN project j ON j.id = s.project_id
WHERE (:scope::uuid[] IS NULL OR l.id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid          o.id = :id
-- filter: state text[]     o.state = ANY(:state)
-- filter: kind text[]      o.kind = ANY(:kind)
-- filter: thing_id uuid    o.thing_id = :thing_id
-- sort: asked timestamptz  o.asked_at

-- name: read_override
-- One override within the labs in scope.
SELECT o.id, o.kind, o.thing_id, coalesce(s.code, b.code, p.code, r.code, c.flow_cell_id,
    k.kit_code || ' lot ' || k.lot, c.product_code) AS code, coalesce(s.lab_id, b.lab_id) AS lab_id, o.stage AS before,
    o.seen, o.to_stage AS to, o.reason, o.missing, o.asked::text AS asked, o.asked_by, o.asked_by_id, o.expires_at,
    o.state, o.version
FROM sample_override o LEFT JOIN sample s ON s.id = o.sample_id LEFT JOIN library b ON b.id = o.library_id
LEFT JOIN pool p ON p.id = o.pool_id LEFT JOIN sequencing_run r ON r.id = o.run_id
LEFT JOIN flow_cell c ON c.id = o.flow_cell_id LEFT JOIN kit_lot k ON k.id = o.kit_lot_id
WHERE o.id = :id AND (:scope::uuid[] IS NULL OR coalesce(s.lab_id, b.lab_id) = ANY(:scope));

-- name: lock_override
-- One override within the labs in scope, locked; whoever moves what it is of has locked that before.
SELECT o.id, o.kind, o.thing_id, coalesce(s.code, b.code, p.code, r.code, c.flow_cell_id,
    k.kit_code || ' lot ' || k.lot, c.product_code) AS code, coalesce(s.lab_id, b.lab_id) AS lab_id, o.stage AS before,
    o.seen, o.to_stage AS to, o.reason, o.missing, o.asked::text AS asked, o.asked_by, o.asked_by_id, o.expires_at,
    o.state, o.version
FROM sample_override o LEFT JOIN sample s ON s.id = o.sample_id LEFT JOIN library b ON b.id = o.library_id
LEFT JOIN pool p ON p.id = o.pool_id LEFT JOIN sequencing_run r ON r.id = o.run_id
LEFT JOIN flow_cell c ON c.id = o.flow_cell_id LEFT JOIN kit_lot k ON k.id = o.kit_lot_id
WHERE o.id = :id AND (:scope::uuid[] IS NULL OR coalesce(s.lab_id, b.lab_id) = ANY(:scope)) FOR UPDATE OF o;

-- name: second_person
-- Whether the facility wants a second person for an override.
SELECT EXISTS (SELECT FROM facility_setting f WHERE f.name = 'override_second_person' AND f.value = 'yes');

-- name: signed
-- What a second person let a run pass over on a flow cell; nothing at all where the facility wants no second person.
SELECT (SELECT coalesce(array_agg(DISTINCT m.code), '{}') FROM sample_override o
    CROSS JOIN LATERAL unnest(o.missing) AS m (code)
    WHERE o.run_id = :run_id AND o.state = 'confirmed' AND o.reason = :reason
        AND o.asked ->> 'flow_cell_id' = :flow_cell) AS signed
FROM facility_setting f WHERE f.name = 'override_second_person' AND f.value = 'yes';

-- name: waiting_of
-- Who asked for an override of each of some things that still waits, and of which version of it.
SELECT o.thing_id, o.asked_by, o.seen FROM sample_override o
WHERE o.thing_id = ANY(:thing_ids::uuid[]) AND o.state = 'waiting' AND o.expires_at > :at;

-- name: insert_override
-- An override that waits for a second person.
INSERT INTO sample_override (id, sample_id, library_id, pool_id, run_id, flow_cell_id, kit_lot_id, stage, seen, to_stage,
    reason, missing, messages, asked, asked_by, asked_by_id, asked_at, expires_at)
VALUES (:id, CASE WHEN :kind::text = 'sample' THEN :thing_id::uuid END,
    CASE WHEN :kind::text = 'library' THEN :thing_id::uuid END, CASE WHEN :kind::text = 'pool' THEN :thing_id::uuid END,
    CASE WHEN :kind::text = 'run' THEN :thing_id::uuid END,
    CASE WHEN :kind::text = 'flow_cell' THEN :thing_id::uuid END,
    CASE WHEN :kind::text = 'kit_lot' THEN :thing_id::uuid END, :before, :seen, :to, :reason, :missing, :messages,
    :asked::jsonb, :asked_by, :asked_by_id, :at, :expires_at);

-- name: settle_override
-- What became of an override that waited.
UPDATE sample_override SET state = :state, settled_by = :by, settled_by_id = :by_id, settled_at = :at, note = :note,
    version = version + 1
WHERE id = :id AND state = 'waiting';

-- name: overtake
-- Overrides of things that went on otherwise meanwhile do not count any more.
UPDATE sample_override SET state = 'overtaken', settled_by = :by, settled_by_id = :by_id, settled_at = :at,
    version = version + 1
WHERE thing_id = ANY(:thing_ids::uuid[]) AND state = 'waiting';

-- name: too_late
-- Overrides that nobody confirmed in time, also of some things alone.
SELECT o.id FROM sample_override o
WHERE o.state = 'waiting' AND o.expires_at <= :at AND (:thing_ids::uuid[] IS NULL OR o.thing_id = ANY(:thing_ids))
ORDER BY o.id LIMIT 500;
