-- list: records
-- One page of the stage records of a sample within the labs in scope.
SELECT r.id, /*sort*/ AS sort_key, json_build_object('id', r.id, 'sample_id', r.sample_id, 'kind', r.kind,
    'stage', r.stage, 'code', r.code, 'details', r.details, 'current', r.superseded_at IS NULL,
    'recorded_by', r.recorded_by, 'recorded_at', r.recorded_at)::text AS item
FROM stage_record r JOIN sample s ON s.id = r.sample_id
WHERE r.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   r.id = :id
-- filter: kind text[]   r.kind = ANY(:kind)
-- filter: current boolean   (r.superseded_at IS NULL) = :current
-- sort: recorded timestamptz r.recorded_at

-- name: current_records
-- The records of some samples that count.
SELECT r.sample_id, r.id, r.kind, r.stage, r.code, r.details
FROM stage_record r
WHERE r.sample_id = ANY(:sample_ids::uuid[]) AND r.superseded_at IS NULL AND r.kind <> 'library'
ORDER BY r.sample_id, r.recorded_at, r.id;

-- name: same_alias
-- Those of some samples beside which another open one was recorded in the same experiment under the same alias.
SELECT w.sample_id
FROM unnest(:sample_ids::uuid[], :experiment_ids::text[], :aliases::text[]) AS w(sample_id, experiment_id, alias)
WHERE EXISTS (SELECT FROM stage_record r JOIN sample s ON s.id = r.sample_id
    WHERE r.experiment_id = w.experiment_id AND r.superseded_at IS NULL AND r.sample_id <> w.sample_id
        AND s.status IN ('queued', 'active', 'on_hold') AND lower(s.alias) = lower(w.alias));

-- name: supersede
-- The records of a kind that new ones stand before; decisions of other stages stay.
UPDATE stage_record SET superseded_at = :at
FROM unnest(:sample_ids::uuid[], :kinds::text[], :stages::text[]) AS n(sample_id, kind, stage)
WHERE stage_record.sample_id = n.sample_id AND stage_record.kind = n.kind
    AND (n.kind <> 'decision' OR stage_record.stage = n.stage) AND stage_record.superseded_at IS NULL;

-- name: supersede_stages
-- The records of stages that work goes back to, of some samples.
UPDATE stage_record SET superseded_at = :at
WHERE sample_id = ANY(:sample_ids::uuid[]) AND stage = ANY(:stages::text[]) AND superseded_at IS NULL;

-- name: insert_records
-- New records.
INSERT INTO stage_record (id, sample_id, kind, stage, code, details, experiment_id, recorded_by, recorded_at)
SELECT n.id, n.sample_id, n.kind, n.stage, n.code, n.details::json, nullif(n.experiment_id, ''), :recorded_by, :at
FROM unnest(:ids::uuid[], :sample_ids::uuid[], :kinds::text[], :stages::text[], :codes::text[], :details::text[],
    :experiment_ids::text[]) AS n(id, sample_id, kind, stage, code, details, experiment_id);
