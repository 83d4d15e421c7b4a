-- list: custody_events
-- One page of the custody events of a container, within the labs in scope.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'sample_id', c.sample_id,
    'container_id', c.container_id, 'sequence', c.sequence, 'kind', c.kind, 'location', c.location, 'place', c.place,
    'condition', c.condition, 'temperature_c', c.temperature_c, 'person', c.person, 'witness', c.witness,
    'shipping_ref', c.shipping_ref, 'note', c.note, 'happened_at', c.happened_at, 'recorded_at', c.recorded_at,
    'prev_hash', c.prev_hash, 'hash', c.hash)::text AS item
FROM custody_event c JOIN container k ON k.id = c.container_id
WHERE c.container_id = :container_id AND (:scope::uuid[] IS NULL OR k.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- filter: kind text[]   c.kind = ANY(:kind)
-- sort: sequence integer c.sequence

-- name: all_events
-- What happened to some tubes, to each in order.
SELECT c.sample_id, c.kind, c.condition
FROM custody_event c
WHERE c.sample_id = ANY(:sample_ids::uuid[])
ORDER BY c.sample_id, c.sequence;

-- name: chain
-- All events of a container, in order.
SELECT c.id, c.container_id, c.sequence, c.kind, c.location, c.location_id, c.row_number, c.column_number,
    c.place AS text, c.condition, c.temperature_c, c.person, c.witness, c.shipping_ref, c.note, c.happened_at,
    c.recorded_at, c.prev_hash, c.hash
FROM custody_event c
WHERE c.container_id = :container_id
ORDER BY c.sequence;

-- name: tube_of
-- The container that is the tube of a sample.
SELECT k.id FROM container k WHERE k.sample_id = :sample_id;

-- name: insert_events
-- New custody events.
INSERT INTO custody_event (id, container_id, sample_id, sequence, kind, location, location_id, row_number,
    column_number, place, condition, temperature_c, person, witness, shipping_ref, note, happened_at, recorded_at,
    prev_hash, hash)
SELECT n.id, n.container_id, n.sample_id, n.sequence, n.kind, n.location, n.location_id, n.row_number, n.column_number,
    n.place, n.condition, n.temperature_c, n.person, n.witness, n.shipping_ref, n.note, n.happened_at,
    :at::timestamptz, n.prev_hash, n.hash
FROM unnest(:ids::uuid[], :container_ids::uuid[], :sample_ids::uuid[], :sequences::integer[], :kinds::text[],
    :locations::text[], :location_ids::uuid[], :row_numbers::integer[], :column_numbers::integer[], :places::text[],
    :conditions::text[], :temperatures_c::float8[], :persons::text[], :witnesses::text[], :shipping_refs::text[],
    :notes::text[], :happened_ats::timestamptz[], :prev_hashes::text[], :hashes::text[])
    AS n(id, container_id, sample_id, sequence, kind, location, location_id, row_number, column_number, place,
        condition, temperature_c, person, witness, shipping_ref, note, happened_at, prev_hash, hash);
