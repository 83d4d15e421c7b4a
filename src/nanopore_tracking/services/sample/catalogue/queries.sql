-- name: current_catalogues
-- The newest version of each catalogue that is in effect on a day.
SELECT DISTINCT ON (name) name, version, entries
FROM catalogue
WHERE effective_from <= :day
ORDER BY name, version DESC;

-- name: keep_catalogue
-- A version of a catalogue; one that is here already stays as it is.
INSERT INTO catalogue (name, version, effective_from, entries)
VALUES (:name, :version, :effective_from, :entries::json)
ON CONFLICT (name, version) DO NOTHING;
