-- name: current_values
-- The newest value of each setting that was ever changed.
SELECT DISTINCT ON (s.name) s.name, s.version, s.value, s.changed_at, s.changed_by
FROM setting_value s ORDER BY s.name, s.version DESC;

-- name: insert_value
-- The next value of a setting; a violation when someone else was first.
INSERT INTO setting_value (name, version, value, changed_at, changed_by)
VALUES (:name, :version, :value, :at, :by);
