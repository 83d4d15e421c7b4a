-- list: stage_changes
-- One page of the transitions of a sample within the labs in scope.
SELECT h.id, /*sort*/ AS sort_key, json_build_object('id', h.id, 'sample_id', h.sample_id,
    'before_stage', h.before_stage, 'before_status', h.before_status, 'stage', h.stage, 'status', h.status,
    'direction', h.direction, 'reason', h.reason, 'missing', h.missing, 'figures', h.figures,
    'catalogue_versions', h.catalogue_versions, 'changed_by', h.changed_by, 'changed_at', h.changed_at)::text AS item
FROM stage_change h JOIN sample s ON s.id = h.sample_id
WHERE h.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: direction text[]   h.direction = ANY(:direction)
-- sort: changed timestamptz h.changed_at

-- name: insert_change
-- A transition with what it was judged by.
INSERT INTO stage_change (id, sample_id, before_stage, before_status, stage, status, direction, reason, missing,
    figures, catalogue_versions, changed_by, changed_at)
VALUES (:id, :sample_id, :before_stage, :before_status, :stage, :status, :direction, :reason, :missing,
    :figures::json, :catalogue_versions::json, :changed_by, :at);
