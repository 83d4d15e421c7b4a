-- list: overrides
-- One page of the overrides that were asked for, within the labs in scope.
SELECT o.id, /*sort*/ AS sort_key, json_build_object('id', o.id, 'sample_id', o.sample_id, 'sample_code', s.code,
    'sample_name', s.name, 'lab_name', l.name, 'project_code', p.code, 'stage', o.stage, 'to', o.to_stage,
    'reason', o.reason, 'missing', o.missing, 'messages', o.messages, 'asked_by', o.asked_by,
    'asked_by_id', o.asked_by_id, 'asked_at', o.asked_at, 'expires_at', o.expires_at, 'state', o.state,
    'settled_by', o.settled_by, 'settled_at', o.settled_at, 'note', o.note, 'version', o.version)::text AS item
FROM sample_override o JOIN sample s ON s.id = o.sample_id JOIN lab l ON l.id = s.lab_id
JOIN project p ON p.id = s.project_id
WHERE (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid          o.id = :id
-- filter: state text[]     o.state = ANY(:state)
-- filter: sample_id uuid   o.sample_id = :sample_id
-- sort: asked timestamptz  o.asked_at

-- name: read_override
-- One override within the labs in scope.
SELECT o.id, o.sample_id, o.stage, o.to_stage AS to, o.reason, o.missing, o.asked_by, o.asked_by_id, o.expires_at,
    o.state, o.version
FROM sample_override o JOIN sample s ON s.id = o.sample_id
WHERE o.id = :id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: lock_override
-- One override within the labs in scope, locked; whoever moves its sample has locked that before.
SELECT o.id, o.sample_id, o.stage, o.to_stage AS to, o.reason, o.missing, o.asked_by, o.asked_by_id, o.expires_at,
    o.state, o.version
FROM sample_override o JOIN sample s ON s.id = o.sample_id
WHERE o.id = :id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) FOR UPDATE OF o;

-- name: second_person
-- Whether the facility wants a second person for an override.
SELECT EXISTS (SELECT FROM facility_setting f WHERE f.name = 'override_second_person' AND f.value = 'yes');

-- name: waiting_of
-- Who asked for an override of each of some samples that still waits.
SELECT o.sample_id, o.asked_by FROM sample_override o
WHERE o.sample_id = ANY(:sample_ids::uuid[]) AND o.state = 'waiting' AND o.expires_at > :at;

-- name: insert_override
-- An override that waits for a second person.
INSERT INTO sample_override (id, sample_id, stage, to_stage, reason, missing, messages, asked_by, asked_by_id, asked_at,
    expires_at)
VALUES (:id, :sample_id, :stage, :to, :reason, :missing, :messages, :asked_by, :asked_by_id, :at, :expires_at);

-- name: settle_override
-- What became of an override that waited.
UPDATE sample_override SET state = :state, settled_by = :by, settled_by_id = :by_id, settled_at = :at, note = :note,
    version = version + 1
WHERE id = :id AND state = 'waiting';

-- name: overtake
-- Overrides of samples that were moved meanwhile do not count any more.
UPDATE sample_override SET state = 'overtaken', settled_by = :by, settled_by_id = :by_id, settled_at = :at,
    version = version + 1
WHERE sample_id = ANY(:sample_ids::uuid[]) AND state = 'waiting';

-- name: too_late
-- Overrides that nobody confirmed in time, also of one sample alone.
SELECT o.id FROM sample_override o
WHERE o.state = 'waiting' AND o.expires_at <= :at AND (:sample_ids::uuid[] IS NULL OR o.sample_id = ANY(:sample_ids))
ORDER BY o.id LIMIT 500;
