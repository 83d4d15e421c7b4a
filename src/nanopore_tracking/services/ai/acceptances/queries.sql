-- name: show_acceptance
-- Which share of what is accepted unseen may be wrong.
SELECT a.error_rate, a.changed_by, a.changed_at, a.version FROM form_acceptance a;

-- name: lock_acceptance
-- The same, about to be changed.
SELECT a.error_rate, a.version FROM form_acceptance a FOR UPDATE;

-- name: change_acceptance
-- Another share; null: nothing is accepted unseen.
UPDATE form_acceptance SET error_rate = :error_rate, changed_by = :by, changed_at = :at, version = version + 1;

-- name: last_calibration
-- The calibration that counts.
SELECT c.version, c.outcome_count, c.error_rate, c.content::text AS content, c.made_at FROM form_calibration c
ORDER BY c.version DESC LIMIT 1;

-- name: insert_calibration
-- A new calibration, unless another replica was faster.
INSERT INTO form_calibration (version, outcome_count, error_rate, content)
VALUES (:version, :outcome_count, :error_rate, :content::jsonb) ON CONFLICT (version) DO NOTHING;

-- list: lots
-- One page of forms that wait with values that would be accepted unseen and were drawn by lot, in a scope.
SELECT e.id, /*sort*/ AS sort_key, json_build_object('extraction_id', e.id, 'filename', d.filename,
    'project_code', p.code, 'requested_at', e.requested_at, 'to_check', e.needs_review_count,
    'reviewer', CASE WHEN f.reviewer_until > now() THEN f.reviewer END, 'version', e.version,
    'drawn', (SELECT json_agg(json_build_object('field', v.field, 'row_number', v.row_number, 'value_id', v.id)
        ORDER BY v.position) FROM form_value v JOIN form_judgement j ON j.value_id = v.id
        WHERE v.extraction_id = e.id AND j.audited AND v.decided IS NULL))::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id
    JOIN form_reading f ON f.extraction_id = e.id
WHERE e.state = 'needs_review' AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope))
    AND EXISTS (SELECT FROM form_value v JOIN form_judgement j ON j.value_id = v.id
        WHERE v.extraction_id = e.id AND j.audited AND v.decided IS NULL) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: project_id uuid   e.project_id = :project_id
-- sort: requested timestamptz e.requested_at
