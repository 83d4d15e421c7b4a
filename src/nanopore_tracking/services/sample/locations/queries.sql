-- list: places
-- One page of places with what is in them.
SELECT p.id, /*sort*/ AS sort_key, p.item::text AS item
FROM storage_place p
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: parent_id uuid   p.parent_id = :parent_id
-- filter: top boolean   (p.parent_id IS NULL) = :top
-- filter: kind text[]   p.kind = ANY(:kind)
-- filter: status text[]   p.status = ANY(:status)
-- filter: q text   strpos(lower(p.path || ' ' || p.name || ' ' || coalesce(p.barcode, '')), lower(:q)) > 0
-- sort: path text p.path
-- sort: updated timestamptz p.updated_at

-- name: show_place
-- One place by its id, or by its barcode where the id is null.
SELECT p.id, p.version, p.item::text AS item
FROM storage_place p
WHERE p.id = coalesce(:location_id::uuid, (SELECT l.id FROM storage_location l WHERE l.barcode = :barcode));

-- name: find_place
-- The id of a place by its id, or by its barcode where the id is null.
SELECT l.id FROM storage_location l
WHERE l.id = coalesce(:location_id::uuid, (SELECT b.id FROM storage_location b WHERE b.barcode = :barcode));

-- name: lock_place
-- A place, locked to be changed or retired: nothing can be put in it meanwhile.
SELECT l.id, l.kind, l.code, l.name, l.path, coalesce(l.barcode, '') AS barcode, l.parent_id, l.grid_rows,
    l.grid_columns, l.temperature_target_c, l.status, l.version
FROM storage_location l
WHERE l.id = :location_id
FOR UPDATE;

-- name: hold_place
-- A place, kept as it is until the transaction ends.
SELECT l.id, l.kind, l.code, l.name, l.path, coalesce(l.barcode, '') AS barcode, l.parent_id, l.grid_rows,
    l.grid_columns, l.temperature_target_c, l.status, l.version
FROM storage_location l
WHERE l.id = :location_id
FOR SHARE;

-- name: resolve
-- The place that a scanned or written text means, the best first: by barcode, path, path and position, its top place.
SELECT l.id, l.kind, l.code, l.name, l.path, coalesce(l.barcode, '') AS barcode, l.parent_id, l.grid_rows,
    l.grid_columns, l.temperature_target_c, l.status, l.version,
    CASE WHEN l.barcode = :said THEN 1 WHEN lower(l.path) = lower(:said) THEN 2
        WHEN lower(l.path) = lower(:head) AND l.kind = 'box' THEN 3 ELSE 4 END AS how
FROM storage_location l
WHERE l.status = 'active' AND (l.barcode = :said OR lower(l.path) = ANY(ARRAY[lower(:said), lower(:head), lower(:top)]))
ORDER BY how, l.path LIMIT 1;

-- name: inside
-- How many places and containers are directly in a place.
SELECT (SELECT count(*) FROM storage_location c WHERE c.parent_id = :location_id AND c.status = 'active') AS children,
    (SELECT count(*) FROM container k WHERE k.location_id = :location_id) AS containers;

-- name: insert_place
-- A new place.
INSERT INTO storage_location (id, kind, parent_id, parent_rank, code, name, barcode, grid_rows, grid_columns,
    temperature_target_c, path, created_at, updated_at)
VALUES (:location_id, :kind, :parent_id, (SELECT a.rank FROM storage_location a WHERE a.id = :parent_id), :code, :name,
    nullif(:barcode, ''), :grid_rows, :grid_columns, :temperature_target_c, '', :at, :at);

-- name: update_place
-- The changed place.
UPDATE storage_location SET parent_id = :parent_id,
    parent_rank = (SELECT a.rank FROM storage_location a WHERE a.id = :parent_id), code = :code, name = :name,
    barcode = nullif(:barcode, ''), temperature_target_c = :temperature_target_c, status = :status, updated_at = :at,
    version = version + 1
WHERE id = :location_id;
