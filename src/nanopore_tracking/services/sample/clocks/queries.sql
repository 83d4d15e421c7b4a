-- name: terms
-- What targets are counted by on a day: the services with their days, the holidays, and the facility's time zone.
SELECT (SELECT c.entries::text FROM catalogue c WHERE c.name = 'service_types' AND c.effective_from <= :day
        ORDER BY c.version DESC LIMIT 1) AS services,
    (SELECT c.entries::text FROM catalogue c WHERE c.name = 'holidays' AND c.effective_from <= :day
        ORDER BY c.version DESC LIMIT 1) AS holidays,
    (SELECT f.value FROM facility_setting f WHERE f.name = 'time_zone') AS zone;

-- name: lock_clock
-- Lock the clock of a sample or a submission that is not stopped.
SELECT k.id FROM sla_clock k
WHERE k.owner_id = coalesce(:sample_id::uuid, :submission_id::uuid) AND k.stopped_at IS NULL FOR UPDATE;

-- name: find_clock
-- The clock of a sample or a submission that is not stopped, with its pauses.
SELECT k.id, k.stage, k.priority, k.basis, k.target_hours, k.target_days, k.started_at, k.due_at, k.left_s,
    o.reason AS pause_reason, o.paused_at,
    (SELECT coalesce(json_agg(json_build_array(e.paused_at, e.resumed_at) ORDER BY e.paused_at), '[]')::text
        FROM clock_pause e WHERE e.clock_id = k.id AND e.resumed_at IS NOT NULL) AS over
FROM sla_clock k LEFT JOIN clock_pause o ON o.clock_id = k.id AND o.resumed_at IS NULL
WHERE k.owner_id = coalesce(:sample_id::uuid, :submission_id::uuid) AND k.stopped_at IS NULL;

-- name: switch_clock
-- The clock that runs is stopped, with its pause if it has one, and the next one starts where there is one.
WITH stopped AS (
    UPDATE sla_clock k SET stopped_at = :at, left_s = NULL,
        due_at = CASE WHEN k.left_s > 0 THEN greatest(k.due_at, :at) ELSE k.due_at END
    WHERE k.owner_id = coalesce(:sample_id::uuid, :submission_id::uuid) AND k.stopped_at IS NULL
    RETURNING k.id
), ended AS (
    UPDATE clock_pause p SET resumed_at = :at, resumed_by = :by
    FROM stopped WHERE p.clock_id = stopped.id AND p.resumed_at IS NULL
)
INSERT INTO sla_clock (id, sample_id, submission_id, stage, priority, basis, target_hours, target_days, started_at,
    due_at)
SELECT :clock_id, :sample_id, :submission_id, :stage, :priority, :basis, :target_hours, :target_days, :at, :due_at
FROM (SELECT count(*) FROM stopped) first WHERE :due_at::timestamptz IS NOT NULL;

-- name: switch_clocks
-- The clocks of samples that run are stopped, each with its pause if it has one, and the next ones start.
WITH stopped AS (
    UPDATE sla_clock k SET stopped_at = :at, left_s = NULL,
        due_at = CASE WHEN k.left_s > 0 THEN greatest(k.due_at, :at) ELSE k.due_at END
    WHERE k.owner_id = ANY(:sample_ids::uuid[]) AND k.stopped_at IS NULL
    RETURNING k.id
), ended AS (
    UPDATE clock_pause p SET resumed_at = :at, resumed_by = :by
    FROM stopped WHERE p.clock_id = stopped.id AND p.resumed_at IS NULL
)
INSERT INTO sla_clock (id, sample_id, stage, priority, basis, target_hours, target_days, started_at, due_at)
SELECT n.id, n.sample_id, n.stage, n.priority, n.basis, n.target_hours, n.target_days, :at, n.due_at
FROM (SELECT count(*) FROM stopped) first, unnest(:clock_ids::uuid[], :sample_ids::uuid[], :stages::text[],
    :priorities::text[], :bases::text[], :target_hours::integer[], :target_days::integer[], :due_ats::timestamptz[])
    AS n(id, sample_id, stage, priority, basis, target_hours, target_days, due_at)
WHERE n.due_at IS NOT NULL;

-- name: set_clock
-- A clock that was paused, runs on, or has another target.
UPDATE sla_clock SET priority = :priority, basis = :basis, target_hours = :target_hours, target_days = :target_days,
    due_at = :due_at, left_s = :left_s
WHERE id = :clock_id;

-- name: begin_pause
-- A clock stands still from now on.
INSERT INTO clock_pause (id, clock_id, reason, note, paused_by, paused_at)
VALUES (:id, :clock_id, :reason, :note, :by, :at);

-- name: end_pause
-- The pause of a clock is over.
UPDATE clock_pause SET resumed_by = :by, resumed_at = :at WHERE clock_id = :clock_id AND resumed_at IS NULL;

-- list: clocks
-- One page of the clocks of a sample or a submission within the labs in scope, each with its pauses.
SELECT k.id, /*sort*/ AS sort_key, json_build_object('id', k.id, 'stage', k.stage, 'priority', k.priority,
    'basis', k.basis, 'target_hours', k.target_hours, 'target_days', k.target_days, 'started_at', k.started_at,
    'due_at', k.due_at, 'left_s', k.left_s, 'stopped_at', k.stopped_at,
    'breached', CASE WHEN k.stopped_at IS NOT NULL THEN k.stopped_at > k.due_at WHEN k.left_s IS NULL
        THEN k.due_at < now() ELSE k.left_s <= 0 END,
    'pauses', (SELECT coalesce(json_agg(json_build_object('reason', p.reason, 'note', p.note, 'paused_by', p.paused_by,
            'paused_at', p.paused_at, 'resumed_by', p.resumed_by, 'resumed_at', p.resumed_at)
            ORDER BY p.paused_at), '[]') FROM clock_pause p WHERE p.clock_id = k.id))::text AS item
FROM sla_clock k LEFT JOIN sample s ON s.id = k.sample_id LEFT JOIN submission u ON u.id = k.submission_id
WHERE k.owner_id = coalesce(:sample_id::uuid, :submission_id::uuid)
    AND (:scope::uuid[] IS NULL OR coalesce(s.lab_id, u.lab_id) = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: started timestamptz k.started_at
