-- name: moves
-- The latest entries of stages, in the order of time; what was only held or resumed did not move.
SELECT n.sample, s.service_type AS service, n.stage, n.at
FROM (SELECT c.sample_id, c.sample_id::text AS sample, c.stage, c.changed_at AS at FROM stage_change c
    WHERE c.direction IN ('on', 'back') AND c.changed_at > :since AND c.stage <> c.before_stage ORDER BY c.changed_at DESC LIMIT :most) n
    JOIN sample s ON s.id = n.sample_id
ORDER BY n.at, n.sample;

-- name: keep_pace
-- How long it took from a stage on.
INSERT INTO stage_pace (service_type, stage, sample_count, found, made_at)
VALUES (:service_type, :stage, :sample_count, :found::jsonb, :at)
ON CONFLICT (service_type, stage) DO UPDATE SET sample_count = excluded.sample_count, found = excluded.found,
    made_at = excluded.made_at;

-- name: paces
-- How long it took from each stage on.
SELECT p.service_type, p.stage, p.found::text AS found, p.made_at FROM stage_pace p WHERE p.service_type = ANY(:services);

-- name: waiting_sample
-- Where a sample stands, and how many of its service are there too, counted up to 1,000.
SELECT s.service_type, s.stage, s.stage_entered_at AS entered_at, s.status, s.clock_paused,
    CASE WHEN s.stage = ANY(:stages) THEN (SELECT count(*)::integer FROM (SELECT FROM sample o WHERE o.stage = s.stage
        AND o.service_type = s.service_type AND o.id <> s.id AND o.status IN ('queued', 'active', 'on_hold')
        LIMIT 1000) q) ELSE 0 END AS queue
FROM sample s WHERE s.id = :sample_id;

-- name: waiting_of_submission
-- Where the open samples of a submission stand: how many by service and stage, and when the last came there.
SELECT s.service_type, s.stage, max(s.stage_entered_at) AS entered_at, count(*)::integer AS samples,
    (SELECT count(*)::integer FROM (SELECT FROM sample o WHERE o.stage = s.stage AND o.service_type = s.service_type
        AND o.status IN ('queued', 'active', 'on_hold') LIMIT 1000) q) AS queue
FROM sample s
WHERE s.submission_id = :submission_id AND s.stage = ANY(:stages) AND s.status IN ('queued', 'active')
GROUP BY s.service_type, s.stage;
