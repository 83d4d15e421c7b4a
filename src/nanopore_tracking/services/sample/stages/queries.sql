-- list: stage_changes
-- One page of the transitions of a sample within the labs in scope.
SELECT h.id, /*sort*/ AS sort_key, json_build_object('id', h.id, 'sample_id', h.sample_id,
    'before_stage', h.before_stage, 'before_status', h.before_status, 'stage', h.stage, 'status', h.status,
    'direction', h.direction, 'reason', h.reason, 'missing', h.missing, 'figures', h.figures,
    'catalogue_versions', h.catalogue_versions, 'changed_by', h.changed_by, 'changed_at', h.changed_at,
    'asked_by', h.asked_by)::text AS item
FROM stage_change h JOIN sample s ON s.id = h.sample_id
WHERE h.sample_id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: direction text[]   h.direction = ANY(:direction)
-- sort: changed timestamptz h.changed_at

-- name: insert_changes
-- Transitions with what each was judged by.
INSERT INTO stage_change (id, sample_id, before_stage, before_status, stage, status, direction, reason, missing,
    figures, catalogue_versions, changed_by, changed_at, asked_by)
SELECT n.id, n.sample_id, n.before_stage, n.before_status, n.stage, n.status, n.direction, n.reason,
    CASE n.missing WHEN '' THEN '{}' ELSE string_to_array(n.missing, ' ') END, n.figures::json,
    n.catalogue_versions::json, :changed_by, :at, n.asked_by
FROM unnest(:ids::uuid[], :sample_ids::uuid[], :before_stages::text[], :before_statuses::text[], :stages::text[],
    :statuses::text[], :directions::text[], :reasons::text[], :missing::text[], :figures::text[],
    :catalogue_versions::text[], :askers::text[])
    AS n(id, sample_id, before_stage, before_status, stage, status, direction, reason, missing, figures,
        catalogue_versions, asked_by);
