-- list: custody_events
-- One page of the custody events of a sample within the labs in scope.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'sample_id', c.sample_id, 'sequence', c.sequence,
    'kind', c.kind, 'location', c.location, 'condition', c.condition, 'temperature_c', c.temperature_c,
    'person', c.person, 'witness', c.witness, 'note', c.note, 'happened_at', c.happened_at,
    'recorded_at', c.recorded_at)::text AS item
FROM custody_event c JOIN sample s ON s.id = c.sample_id
WHERE c.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- filter: kind text[]   c.kind = ANY(:kind)
-- sort: sequence integer c.sequence

-- name: all_events
-- What happened to a tube, in order.
SELECT c.kind, c.condition
FROM custody_event c
WHERE c.sample_id = :sample_id
ORDER BY c.sequence;

-- name: insert_event
-- A new custody event.
INSERT INTO custody_event (id, sample_id, sequence, kind, location, condition, temperature_c, person, witness, note,
    happened_at, recorded_at)
VALUES (:id, :sample_id, :sequence, :kind, :location, :condition, :temperature_c, :person, :witness, :note,
    :happened_at, :at);
