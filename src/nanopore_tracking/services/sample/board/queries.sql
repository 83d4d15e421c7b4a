-- name: board
-- The open samples of each stage: how many, since when the one that waits longest, and the first cards of the queue.
SELECT json_build_object('columns', json_agg(json_build_object('stage', w.stage, 'count', least(n.open, :most),
    'exact', n.open <= :most, 'oldest_entered_at', o.oldest, 'cards', coalesce(c.cards, '[]'::json))
    ORDER BY w.place))::text
FROM unnest(:stages::text[]) WITH ORDINALITY AS w(stage, place)
CROSS JOIN LATERAL (
    SELECT count(*) AS open FROM (
        SELECT FROM sample s
        WHERE s.stage = w.stage AND s.status IN ('queued', 'active', 'on_hold')
            AND (:priority::text IS NULL OR s.urgency = array_position(ARRAY['urgent', 'high', 'normal', 'low'], :priority))
            AND (:status::text IS NULL OR s.status = :status)
        LIMIT :most::bigint + 1) counted) n
CROSS JOIN LATERAL (
    SELECT min(f.stage_entered_at) AS oldest
    FROM unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS u(urgency)
    CROSS JOIN LATERAL (
        SELECT s.stage_entered_at FROM sample s
        WHERE s.stage = w.stage AND s.urgency = u.urgency AND s.status IN ('queued', 'active', 'on_hold')
            AND (:priority::text IS NULL OR s.urgency = array_position(ARRAY['urgent', 'high', 'normal', 'low'], :priority))
            AND (:status::text IS NULL OR s.status = :status)
        ORDER BY s.stage_entered_at LIMIT 1) f) o
CROSS JOIN LATERAL (
    SELECT json_agg(q.card) AS cards FROM (
        SELECT json_build_object('id', s.id, 'code', s.code, 'name', s.name,
            'lab_name', (SELECT l.name FROM lab l WHERE l.id = s.lab_id),
            'project_code', (SELECT p.code FROM project p WHERE p.id = s.project_id), 'material', s.material,
            'stage', s.stage, 'status', s.status, 'priority', s.priority, 'assignee', s.assignee,
            'stage_entered_at', s.stage_entered_at, 'due_at', s.due_at, 'overdue', coalesce(s.due_at < now(), false),
            'clock_paused', s.clock_paused, 'version', s.version) AS card
        FROM sample s
        WHERE s.stage = w.stage AND s.status IN ('queued', 'active', 'on_hold')
            AND (:priority::text IS NULL OR s.urgency = array_position(ARRAY['urgent', 'high', 'normal', 'low'], :priority))
            AND (:status::text IS NULL OR s.status = :status)
        ORDER BY s.urgency, s.stage_entered_at, s.id LIMIT :cards) q) c;

-- name: board_of
-- The same of some samples only: of labs, of a project, of a person.
WITH matching AS (
    SELECT s.id, s.stage, s.stage_entered_at,
        row_number() OVER (PARTITION BY s.stage ORDER BY s.urgency, s.stage_entered_at, s.id) AS place
    FROM sample s
    WHERE s.stage = ANY(:stages::text[]) AND s.status IN ('queued', 'active', 'on_hold')
        AND (:labs::uuid[] IS NULL OR s.lab_id = ANY(:labs))
        AND (:project_id::uuid IS NULL OR s.project_id = :project_id)
        AND (:assignee::text IS NULL OR s.assignee = :assignee AND s.assignee <> '')
        AND (:priority::text IS NULL OR s.urgency = array_position(ARRAY['urgent', 'high', 'normal', 'low'], :priority))
            AND (:status::text IS NULL OR s.status = :status)
), counted AS (
    SELECT m.stage, count(*) AS open, min(m.stage_entered_at) AS oldest FROM matching m GROUP BY m.stage
), queued AS (
    SELECT s.stage, json_agg(json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'lab_name', l.name,
        'project_code', p.code, 'material', s.material, 'stage', s.stage, 'status', s.status, 'priority', s.priority,
        'assignee', s.assignee, 'stage_entered_at', s.stage_entered_at, 'due_at', s.due_at,
        'overdue', coalesce(s.due_at < now(), false), 'clock_paused', s.clock_paused, 'version', s.version) ORDER BY m.place) AS cards
    FROM matching m JOIN sample s ON s.id = m.id JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
    WHERE m.place <= :cards
    GROUP BY s.stage
)
SELECT json_build_object('columns', json_agg(json_build_object('stage', w.stage, 'count', coalesce(c.open, 0),
    'exact', true, 'oldest_entered_at', c.oldest, 'cards', coalesce(q.cards, '[]'::json)) ORDER BY w.place))::text
FROM unnest(:stages::text[]) WITH ORDINALITY AS w(stage, place)
    LEFT JOIN counted c ON c.stage = w.stage LEFT JOIN queued q ON q.stage = w.stage;

-- name: summary
-- How many samples there are, in all and for each stage and status, in the order of :stages.
SELECT json_build_object('total', coalesce(sum(c.count), 0), 'counts', coalesce(json_agg(json_build_object(
    'stage', c.stage, 'status', c.status, 'count', c.count)
    ORDER BY array_position(:stages::text[], c.stage), c.status), '[]'::json))::text AS item,
    coalesce(sum(c.count), 0)::bigint AS total
FROM (SELECT s.stage, s.status, count(*) AS count FROM sample s
    WHERE :labs::uuid[] IS NULL OR s.lab_id = ANY(:labs)
    GROUP BY s.stage, s.status) c;

-- name: lookup
-- What a scanned or typed code belongs to within the labs in scope: a sample, its tube, submission, library, pool, place
-- or batch; or a row of a packing slip (SUB-2026-00042/7), which is its submission until its sample is made.
SELECT json_build_object('kind', f.kind, 'id', f.id, 'code', f.code, 'name', f.name)::text
FROM (
    SELECT 1 AS place, 'sample' AS kind, s.id, s.code, s.name FROM sample s
    WHERE s.code = upper(:said) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    UNION ALL
    SELECT 2, 'sample', s.id, s.code, s.name FROM sample s
    WHERE s.container_barcode = :said AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    UNION ALL
    SELECT 3, 'submission', u.id, u.code, u.external_id FROM submission u
    WHERE u.code = upper(:said) AND (:scope::uuid[] IS NULL OR u.lab_id = ANY(:scope))
    UNION ALL
    SELECT 4, 'library', l.id, l.code, l.kit FROM library l
    WHERE l.code = upper(:said) AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope))
    UNION ALL
    SELECT 5, 'pool', p.id, p.code, p.name FROM pool p
    WHERE p.code IN (:said, upper(:said)) AND (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM pool_component c
        JOIN library l ON l.id = c.library_id WHERE c.pool_id = p.id AND l.lab_id = ANY(:scope)))
    UNION ALL
    SELECT 6, 'place', l.id, l.path, l.name FROM storage_location l
    WHERE l.barcode = :said AND :scope::uuid[] IS NULL
    UNION ALL
    SELECT 7, 'sample', s.id, s.code, s.name FROM sample s JOIN submission u ON u.id = s.submission_id
    WHERE u.code = split_part(upper(:said), '/', 1) AND s.row_number::text = split_part(:said, '/', 2)
        AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    UNION ALL
    SELECT 8, 'submission', u.id, u.code, u.external_id FROM submission u
    WHERE u.code = split_part(upper(:said), '/', 1) AND strpos(:said, '/') > 0
        AND (:scope::uuid[] IS NULL OR u.lab_id = ANY(:scope))
    UNION ALL
    SELECT 9, 'batch', b.id, b.code, b.name FROM bench_batch b WHERE b.code = upper(:said) AND :scope::uuid[] IS NULL
) f
ORDER BY f.place LIMIT 1;

-- name: queues
-- How many open samples each stage has in each status, and since when the one that has been there longest.
SELECT s.stage, s.status, count(*) AS samples, min(s.stage_entered_at) AS oldest
FROM sample s WHERE s.status IN ('queued', 'active', 'on_hold')
GROUP BY s.stage, s.status;

-- name: open_submissions
-- How many submissions wait for something, by status.
SELECT u.status, count(*) AS submissions
FROM submission u WHERE u.status IN ('reading', 'draft', 'under_review', 'questions_to_customer')
GROUP BY u.status;

-- name: ends
-- How the samples ended that did so since a time, how many, and half and nine tenths of their times since receipt.
SELECT e.outcome, count(*) AS samples,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - e.received_at)) AS took_s
FROM (
    SELECT coalesce(s.exit, 'delivered') AS outcome, max(h.changed_at) FILTER
            (WHERE h.direction = 'out' OR h.direction = 'on' AND h.stage = 'delivered') AS at,
        min(h.changed_at) FILTER (WHERE h.direction = 'on' AND h.stage = 'received') AS received_at
    FROM sample s JOIN stage_change h ON h.sample_id = s.id
    WHERE s.status IN ('done', 'failed', 'cancelled') AND s.updated_at >= :since
    GROUP BY s.id) e
WHERE e.at >= :since
GROUP BY e.outcome;

-- name: yields
-- What was read of samples that were basecalled since a time: of each sample the passed reads of its own barcode.
SELECT count(DISTINCT y.id) AS samples, coalesce(sum(y.bases_bp), 0)::bigint AS bases_bp,
    coalesce(sum(y.mean_q * y.bases_bp) / nullif(sum(y.bases_bp), 0), 0)::float AS mean_q
FROM (
    SELECT s.id, (own.value->>'bases_pass_bp')::bigint AS bases_bp, (own.value->>'mean_q')::float AS mean_q
    FROM sample s
    JOIN stage_record called ON called.sample_id = s.id AND called.kind = 'basecalling'
        AND called.superseded_at IS NULL AND called.recorded_at >= :since
    LEFT JOIN LATERAL (SELECT DISTINCT b.barcode FROM library_source o
        JOIN barcode_assignment b ON b.library_id = o.library_id AND b.sample_id = o.sample_id
        WHERE o.sample_id = s.id AND o.superseded_at IS NULL) made ON true
    JOIN LATERAL json_array_elements(called.details->'read_sets') AS own
        ON own.value->>'barcode' IS NOT DISTINCT FROM made.barcode
    WHERE s.updated_at >= :since) y;
