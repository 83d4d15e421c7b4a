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
        LIMIT :most::bigint + 1) counted) n
CROSS JOIN LATERAL (
    SELECT min(f.stage_entered_at) AS oldest
    FROM unnest(ARRAY[1, 2, 3, 4]::smallint[]) AS u(urgency)
    CROSS JOIN LATERAL (
        SELECT s.stage_entered_at FROM sample s
        WHERE s.stage = w.stage AND s.urgency = u.urgency AND s.status IN ('queued', 'active', 'on_hold')
        ORDER BY s.stage_entered_at LIMIT 1) f) o
CROSS JOIN LATERAL (
    SELECT json_agg(q.card) AS cards FROM (
        SELECT json_build_object('id', s.id, 'code', s.code, 'name', s.name,
            'lab_name', (SELECT l.name FROM lab l WHERE l.id = s.lab_id),
            'project_code', (SELECT p.code FROM project p WHERE p.id = s.project_id), 'material', s.material,
            'stage', s.stage, 'status', s.status, 'priority', s.priority, 'assignee', s.assignee,
            'stage_entered_at', s.stage_entered_at, 'version', s.version) AS card
        FROM sample s
        WHERE s.stage = w.stage AND s.status IN ('queued', 'active', 'on_hold')
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
), counted AS (
    SELECT m.stage, count(*) AS open, min(m.stage_entered_at) AS oldest FROM matching m GROUP BY m.stage
), queued AS (
    SELECT s.stage, json_agg(json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'lab_name', l.name,
        'project_code', p.code, 'material', s.material, 'stage', s.stage, 'status', s.status, 'priority', s.priority,
        'assignee', s.assignee, 'stage_entered_at', s.stage_entered_at, 'version', s.version) ORDER BY m.place) AS cards
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
-- What a scanned or typed code belongs to within the labs in scope: a sample, its tube, or a submission.
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
) f
ORDER BY f.place LIMIT 1;
