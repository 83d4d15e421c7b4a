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

-- name: current_barcodes
-- The entries of the newest version of the barcode sets that is in effect on a day, as JSON text.
SELECT c.entries::text
FROM catalogue c
WHERE c.name = 'barcodes' AND c.effective_from <= :day
ORDER BY c.version DESC LIMIT 1;

-- name: keep_setting
-- The value of a facility setting; an older one is passed over.
INSERT INTO facility_setting (name, value, version) VALUES (:name, :value, :version)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = excluded.version
WHERE facility_setting.version < excluded.version;
