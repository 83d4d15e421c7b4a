-- name: current_catalogues
-- The version of each catalogue that counts on a day, without its entries.
SELECT DISTINCT ON (c.name) c.name, json_build_object('name', c.name, 'version', c.version,
    'latest_version', (SELECT max(l.version) FROM catalogue_version l WHERE l.name = c.name),
    'effective_from', c.effective_from, 'note', c.note, 'published_at', c.published_at,
    'published_by', c.published_by, 'entry_count', c.entry_count)::text AS item
FROM catalogue_version c WHERE c.effective_from <= :day AND c.name > :after
ORDER BY c.name, c.version DESC LIMIT :limit;

-- name: show_catalogue
-- The version that counts on a day, or the one that is asked for.
SELECT c.version, json_build_object('name', c.name, 'version', c.version,
    'latest_version', (SELECT max(l.version) FROM catalogue_version l WHERE l.name = c.name),
    'effective_from', c.effective_from, 'note', c.note, 'published_at', c.published_at,
    'published_by', c.published_by, 'entry_count', c.entry_count, 'entries', c.entries)::text AS item
FROM catalogue_version c
WHERE c.name = :name AND (c.version = :version::integer OR (:version::integer IS NULL AND c.effective_from <= :day))
ORDER BY c.version DESC LIMIT 1;

-- name: latest_version
-- The newest version of a catalogue, whether it counts already or not.
SELECT c.version, c.effective_from, c.entries,
    (SELECT array_agg(DISTINCT b.published_by) FROM catalogue_version b WHERE b.name = c.name) AS publishers
FROM catalogue_version c WHERE c.name = :name
ORDER BY c.version DESC LIMIT 1;

-- name: insert_version
-- The next version of a catalogue; a violation when someone else was first.
INSERT INTO catalogue_version (name, version, effective_from, note, published_at, published_by, entry_count, entries)
VALUES (:name, :version, :effective_from, :note, :at, :by, :entry_count, :entries::json);
