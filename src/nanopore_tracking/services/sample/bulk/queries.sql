-- list: jobs
-- One page of the jobs that a caller may see: all of them without a scope, else their own.
SELECT j.id, /*sort*/ AS sort_key, json_build_object('id', j.id, 'kind', j.kind, 'operation', j.operation,
    'state', CASE WHEN j.finished_at IS NULL THEN 'running' ELSE 'done' END, 'total', j.total,
    'changed', r.changed, 'unchanged', r.unchanged, 'refused', r.refused, 'undoes', j.undoes,
    'undone_by', (SELECT u.id FROM bulk_job u WHERE u.undoes = j.id), 'created_by', j.actor_name,
    'created_at', j.created_at, 'finished_at', j.finished_at, 'version', j.version)::text AS item
FROM bulk_job j CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.outcome = 'changed') AS changed,
        count(*) FILTER (WHERE i.outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE i.outcome = 'refused') AS refused
    FROM bulk_item i WHERE i.job_id = j.id) r
WHERE (:scope::uuid[] IS NULL OR j.actor_id = :caller) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   j.id = :id
-- sort: created timestamptz j.created_at

-- list: results
-- One page of what became of the samples of a job, those within the labs in scope.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('sample_id', s.id, 'code', s.code, 'name', s.name,
    'outcome', i.outcome, 'reason', i.reason, 'message', i.message,
    'changes', coalesce(i.changes, '{}'::json), 'measurements', cardinality(i.measurements))::text AS item
FROM bulk_item i JOIN sample s ON s.id = i.sample_id
WHERE i.job_id = :job_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: outcome text[]   i.outcome = ANY(:outcome)
-- sort: place integer i.place

-- name: find_job
-- One job.
SELECT j.id, j.kind, j.operation::text AS operation, j.undoes, j.may_override, j.actor_kind, j.actor_id, j.actor_name,
    j.labs, j.total, j.groups_left, j.finished_at, j.version
FROM bulk_job j WHERE j.id = :job_id;

-- name: insert_job
-- A new job, its groups, and one item for each sample in the order of the ids.
WITH job AS (
    INSERT INTO bulk_job (id, kind, operation, undoes, may_override, actor_kind, actor_id, actor_name, labs, total,
        groups_left, created_at)
    VALUES (:job_id, :kind, :operation::json, :undoes, :may_override, :actor_kind, :actor_id, :actor_name,
        :labs::uuid[], cardinality(:sample_ids::uuid[]), ceil(cardinality(:sample_ids::uuid[])::numeric / :size::integer), :at)
    RETURNING id, groups_left
), groups AS (
    INSERT INTO bulk_group (job_id, number) SELECT j.id, n FROM job j, generate_series(0, j.groups_left - 1) n
    RETURNING job_id, number
)
INSERT INTO bulk_item (job_id, place, number, sample_id, said)
SELECT g.job_id, n.place - 1, g.number, n.sample_id, n.said::json
FROM unnest(:sample_ids::uuid[], :said::text[]) WITH ORDINALITY AS n(sample_id, said, place)
    JOIN groups g ON g.number = (n.place - 1) / :size::integer;

-- name: changed_ids
-- The samples that a job changed, the last one first.
SELECT i.sample_id FROM bulk_item i
WHERE i.job_id = :job_id AND i.outcome = 'changed'
ORDER BY i.place DESC;

-- name: take_group
-- The first group that nobody works on, and that stays locked until it is done or given up by a crash.
SELECT g.job_id, g.number FROM bulk_group g
WHERE g.done_at IS NULL
ORDER BY g.job_id, g.number LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;

-- name: group_items
-- The samples of a group, what is asked of each alone, and what the job that is undone did with each.
SELECT i.sample_id, i.said::text AS said, d.changes::text AS changes, d.measurements
FROM bulk_item i LEFT JOIN bulk_item d ON d.job_id = :undoes AND d.sample_id = i.sample_id
WHERE i.job_id = :job_id AND i.number = :number
ORDER BY i.place;

-- name: keep_results
-- What became of the samples of a group.
UPDATE bulk_item SET outcome = n.outcome, reason = n.reason, message = n.message, changes = n.changes::json,
    measurements = n.measurements::uuid[]
FROM unnest(:sample_ids::uuid[], :outcomes::text[], :reasons::text[], :messages::text[], :changes::text[],
    :measurements::text[]) AS n(sample_id, outcome, reason, message, changes, measurements)
WHERE bulk_item.job_id = :job_id AND bulk_item.sample_id = n.sample_id;

-- name: close_group
-- A group that is done.
UPDATE bulk_group SET done_at = :at WHERE job_id = :job_id AND number = :number;

-- name: close_job
-- One group fewer to be done; the job ends with the last one.
UPDATE bulk_job SET groups_left = groups_left - 1,
    finished_at = CASE groups_left WHEN 1 THEN :at::timestamptz END,
    version = CASE groups_left WHEN 1 THEN version + 1 ELSE version END
WHERE id = :job_id
RETURNING groups_left;

-- name: outcomes
-- How many samples of a job have each result.
SELECT count(*) FILTER (WHERE i.outcome = 'changed') AS changed,
    count(*) FILTER (WHERE i.outcome = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE i.outcome = 'refused') AS refused
FROM bulk_item i WHERE i.job_id = :job_id;

-- name: hold_group
-- Whether a group is still to be done; it stays locked.
SELECT g.done_at IS NULL FROM bulk_group g WHERE g.job_id = :job_id AND g.number = :number FOR NO KEY UPDATE;
