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
