-- name: throughput
-- What came, went and was done again in each week of a period, in the labs in scope.
SELECT w.week::date AS week, coalesce(f.received, 0) AS received, coalesce(f.delivered, 0) AS delivered,
    coalesce(f."left", 0) AS "left", coalesce(f.reworked, 0) AS reworked
FROM generate_series(:since::timestamptz AT TIME ZONE 'UTC', (:until::timestamptz AT TIME ZONE 'UTC') - interval '1 week',
    interval '1 week') AS w(week)
LEFT JOIN (
    SELECT date_trunc('week', h.changed_at AT TIME ZONE 'UTC') AS week,
        count(DISTINCT h.sample_id) FILTER (WHERE h.direction = 'on' AND h.stage = 'received') AS received,
        count(DISTINCT h.sample_id) FILTER (WHERE h.direction = 'on' AND h.stage = 'delivered') AS delivered,
        count(DISTINCT h.sample_id) FILTER (WHERE h.direction = 'out') AS "left",
        count(*) FILTER (WHERE h.direction = 'back') AS reworked
    FROM stage_change h JOIN sample s ON s.id = h.sample_id
    WHERE h.direction IN ('on', 'out', 'back') AND h.changed_at >= :since AND h.changed_at < :until
        AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    GROUP BY 1) f ON f.week = w.week
ORDER BY w.week;

-- name: load
-- How many samples came to each stage in each week of a period, in the labs in scope.
SELECT date_trunc('week', h.changed_at AT TIME ZONE 'UTC')::date AS week, h.stage,
    count(DISTINCT h.sample_id) AS entered, count(DISTINCT h.sample_id) FILTER (WHERE h.direction = 'back') AS reworked
FROM stage_change h JOIN sample s ON s.id = h.sample_id
WHERE h.direction IN ('on', 'back') AND h.changed_at >= :since AND h.changed_at < :until
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
GROUP BY 1, 2
ORDER BY 1, array_position(:stages::text[], h.stage);

-- name: failures
-- Why samples left the way in a period, the most frequent causes first, and how many left in all.
SELECT c.stage, c.exit, c.reason, c.samples, sum(c.samples) OVER ()::bigint AS total
FROM (
    SELECT h.before_stage AS stage, coalesce(s.exit, h.status) AS exit, h.reason,
        count(DISTINCT h.sample_id) AS samples
    FROM stage_change h JOIN sample s ON s.id = h.sample_id
    WHERE h.direction = 'out' AND h.changed_at >= :since AND h.changed_at < :until
        AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    GROUP BY 1, 2, 3) c
ORDER BY c.samples DESC, c.stage, c.exit, c.reason LIMIT :most;

-- name: targets
-- The targets, with the genome sizes, that submissions of samples ask for that are being basecalled or assessed.
SELECT DISTINCT u.target, u.genome_size
FROM sample s JOIN submission u ON u.id = s.submission_id
WHERE s.stage IN ('basecalling', 'quality_assessment') AND s.status IN ('queued', 'active') AND u.target <> ''
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: low_yields
-- Open samples that were basecalled with less than their submission asks for; of their own barcodes, if they have any.
SELECT s.id, CASE WHEN aim.bases_bp IS NOT NULL
    THEN format('%s of %s Gb passed, the submission asks for %s.',
        round(got.bases_bp / 1e9, 2), round(aim.bases_bp / 1e9, 2), u.target)
    ELSE format('%s of %s reads, the submission asks for %s.', got.reads, aim.reads, u.target) END AS reason,
    called.recorded_at AS since
FROM sample s JOIN submission u ON u.id = s.submission_id
JOIN unnest(:targets::text[], :sizes::text[], :bases::bigint[], :reads::bigint[])
    AS aim(target, genome_size, bases_bp, reads) ON aim.target = u.target AND aim.genome_size = u.genome_size
JOIN stage_record called ON called.sample_id = s.id AND called.kind = 'basecalling'
    AND called.superseded_at IS NULL
CROSS JOIN LATERAL (SELECT array_agg(DISTINCT b.barcode) AS names FROM library_source o
    JOIN barcode_assignment b ON b.library_id = o.library_id AND b.sample_id = o.sample_id
    WHERE o.sample_id = s.id AND o.superseded_at IS NULL) own
CROSS JOIN LATERAL (SELECT coalesce(sum((r.value->>'bases_pass_bp')::numeric), 0) AS bases_bp,
        coalesce(sum((r.value->>'reads')::numeric), 0) AS reads
    FROM json_array_elements(called.details->'read_sets') AS r
    WHERE CASE WHEN own.names IS NULL THEN r.value->>'barcode' IS NULL
        ELSE r.value->>'barcode' = ANY(own.names) END) got
WHERE s.stage IN ('basecalling', 'quality_assessment') AND s.status IN ('queued', 'active')
    AND (got.bases_bp < aim.bases_bp OR got.reads < aim.reads)
    AND NOT EXISTS (SELECT 1 FROM stage_record d WHERE d.sample_id = s.id AND d.kind = 'decision'
        AND d.superseded_at IS NULL AND d.stage = 'quality_assessment'
        AND d.details->>'verdict' IN ('pass', 'accept_as_is'))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- list: attention
-- One page of the samples that somebody has to look at, in the labs in scope, each for its gravest cause.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'lab_name', l.name,
    'stage', s.stage, 'status', s.status, 'cause', w.cause, 'reason', w.reason, 'assignee', s.assignee,
    'since', w.since)::text AS item
FROM sample s JOIN lab l ON l.id = s.lab_id
CROSS JOIN LATERAL (SELECT max(c.changed_at) FILTER (WHERE c.direction = 'out') AS left_at,
        max(c.changed_at) FILTER (WHERE c.direction = 'hold') AS held_at
    FROM stage_change c WHERE c.sample_id = s.id) h
LEFT JOIN LATERAL (SELECT y.reason, y.since
    FROM unnest(:low_ids::uuid[], :low_reasons::text[], :low_sinces::timestamptz[]) AS y(id, reason, since)
    WHERE y.id = s.id) low ON true
CROSS JOIN LATERAL (SELECT CASE WHEN s.status = 'failed' AND h.left_at >= :failed_since THEN 'failed'
        WHEN low.since IS NOT NULL THEN 'low_yield' WHEN s.status = 'on_hold' AND h.held_at < :held_before THEN 'on_hold'
        WHEN s.status IN ('queued', 'active') AND s.due_at < :now THEN 'late' END AS cause) k
CROSS JOIN LATERAL (SELECT k.cause, CASE k.cause WHEN 'low_yield' THEN low.reason
        WHEN 'late' THEN 'The time that its stage may take is over.' ELSE s.status_reason END AS reason,
    CASE k.cause WHEN 'failed' THEN h.left_at WHEN 'low_yield' THEN low.since WHEN 'on_hold' THEN h.held_at
        ELSE s.due_at END AS since) w
WHERE (s.status = 'on_hold' OR s.status = 'failed' AND s.updated_at >= :failed_since
        OR s.due_at < :now AND s.status IN ('queued', 'active') OR s.id = ANY(:low_ids::uuid[]))
    AND w.cause IS NOT NULL AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: updated timestamptz s.updated_at
