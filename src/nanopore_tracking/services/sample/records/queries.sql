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
-- The records of a sample that count.
SELECT r.id, r.kind, r.stage, r.code, r.details
FROM stage_record r
WHERE r.sample_id = :sample_id AND r.superseded_at IS NULL
ORDER BY r.recorded_at, r.id;

-- name: current_library
-- The present library of a sample and its planned pool.
SELECT r.code, r.pool
FROM stage_record r
WHERE r.sample_id = :sample_id AND r.kind = 'library' AND r.superseded_at IS NULL;

-- name: pool_mates
-- Other open samples whose present library is planned in a pool; those of labs out of scope without their code.
SELECT CASE WHEN :scope::uuid[] IS NULL OR s.lab_id = ANY(:scope) THEN s.code ELSE 'a sample of another lab' END
    AS code, r.details->>'kit' AS kit, r.details->>'barcode' AS barcode
FROM stage_record r JOIN sample s ON s.id = r.sample_id
WHERE r.pool = :pool AND r.superseded_at IS NULL AND r.sample_id <> :sample_id
    AND s.status IN ('queued', 'active', 'on_hold')
ORDER BY s.code LIMIT 400;

-- name: same_alias
-- Whether another open sample is planned in an experiment under the same alias.
SELECT EXISTS (SELECT FROM stage_record r JOIN sample s ON s.id = r.sample_id
    WHERE r.experiment_id = :experiment_id AND r.superseded_at IS NULL AND r.sample_id <> :sample_id
        AND s.status IN ('queued', 'active', 'on_hold') AND lower(s.alias) = lower(:alias));

-- name: supersede
-- The records of a kind that a new one stands before; decisions of other stages stay.
UPDATE stage_record SET superseded_at = :at
WHERE sample_id = :sample_id AND kind = :kind AND (kind <> 'decision' OR stage = :stage) AND superseded_at IS NULL;

-- name: supersede_stages
-- The records of stages that work goes back to.
UPDATE stage_record SET superseded_at = :at
WHERE sample_id = :sample_id AND stage = ANY(:stages::text[]) AND superseded_at IS NULL;

-- name: insert_record
-- A new record.
INSERT INTO stage_record (id, sample_id, kind, stage, code, details, pool, experiment_id, recorded_by, recorded_at)
VALUES (:id, :sample_id, :kind, :stage, :code, :details::json, nullif(:pool, ''), nullif(:experiment_id, ''),
    :recorded_by, :at);
