-- list: containers
-- One page of containers within the labs in scope; those of several labs are for staff.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'barcode', c.barcode, 'kind', c.kind,
    'subject_kind', c.subject_kind, 'subject_code', c.subject_code, 'sample_id', c.sample_id, 'lab_id', c.lab_id,
    'volume_ul', c.volume_ul, 'status', c.status, 'location', CASE WHEN c.location_id IS NULL THEN c.place
        ELSE concat_ws('/', l.path, position_name(c.row_number, c.column_number)) END, 'location_id', c.location_id,
    'position', coalesce(position_name(c.row_number, c.column_number), ''), 'event_count', c.event_count,
    'updated_at', c.updated_at, 'version', c.version)::text AS item
FROM container c LEFT JOIN storage_location l ON l.id = c.location_id
WHERE (:scope::uuid[] IS NULL OR c.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- filter: barcode text   c.barcode = :barcode
-- filter: subject_code text   c.subject_code = upper(:subject_code)
-- filter: status text[]   c.status = ANY(:status)
-- filter: location_id uuid   c.location_id = :location_id
-- sort: updated timestamptz c.updated_at
-- sort: barcode text c.barcode

-- name: find_container
-- The id of a container by its id, or by its barcode where the id is null, within the labs in scope.
SELECT c.id FROM container c
WHERE c.id = coalesce(:container_id::uuid, (SELECT b.id FROM container b WHERE b.barcode = :barcode))
    AND (:scope::uuid[] IS NULL OR c.lab_id = ANY(:scope));

-- name: find_subject
-- What a code of an aliquot, a library or a pool names, and the lab whose it is; a pool may be of several labs.
SELECT a.code, s.lab_id FROM aliquot a JOIN sample s ON s.id = a.sample_id
WHERE :kind::text = 'aliquot' AND a.code = upper(:code::text)
UNION ALL
SELECT l.code, l.lab_id FROM library l WHERE :kind = 'library' AND l.code = upper(:code)
UNION ALL
SELECT p.code, NULL FROM pool p WHERE :kind = 'pool' AND p.code IN (:code, upper(:code))
LIMIT 1;

-- name: scan
-- What scanned codes are: containers, else samples by the barcode of their tube, else by their code.
SELECT w.said, c.id AS container_id, coalesce(c.sample_id, s.id) AS sample_id
FROM unnest(:codes::text[]) AS w(said)
LEFT JOIN container c ON c.barcode = w.said
LEFT JOIN LATERAL (
    SELECT f.id FROM (
        SELECT b.id, 1 AS place FROM sample b WHERE b.container_barcode = w.said
        UNION ALL
        SELECT o.id, 2 FROM sample o WHERE o.code = upper(w.said)) f
    WHERE c.id IS NULL
    ORDER BY f.place LIMIT 1) s ON true;

-- name: lock_containers
-- Lock containers by their ids or by the samples whose tubes they are, one after the other in one order.
SELECT c.id FROM container c
WHERE c.id = ANY(:container_ids::uuid[]) OR c.sample_id = ANY(:sample_ids::uuid[])
ORDER BY c.id FOR UPDATE;

-- name: read_containers
-- Containers by their ids or by the samples whose tubes they are.
SELECT c.id, c.barcode, c.kind, c.subject_kind, c.subject_code, c.sample_id, c.lab_id, c.volume_ul, c.status,
    c.location_id, c.row_number, c.column_number, CASE WHEN c.location_id IS NULL THEN c.place
        ELSE (SELECT concat_ws('/', l.path, position_name(c.row_number, c.column_number)) FROM storage_location l
            WHERE l.id = c.location_id) END AS text, c.event_count, c.last_hash, c.version
FROM container c
WHERE c.id = ANY(:container_ids::uuid[]) OR c.sample_id = ANY(:sample_ids::uuid[])
ORDER BY c.id;

-- name: insert_container
-- A new container, nowhere yet.
INSERT INTO container (id, barcode, kind, subject_kind, subject_code, sample_id, lab_id, volume_ul, created_at,
    updated_at)
VALUES (:id, :barcode, :kind, :subject_kind, :subject_code, :sample_id, :lab_id, :volume_ul, :at, :at);

-- name: insert_tubes
-- The tubes of samples that were never seen, nowhere yet; none with a barcode that another container has.
INSERT INTO container (id, barcode, kind, subject_kind, subject_code, sample_id, lab_id, created_at, updated_at)
SELECT n.id, n.barcode, 'tube', 'sample', n.subject_code, n.sample_id, n.lab_id, :at, :at
FROM unnest(:ids::uuid[], :barcodes::text[], :subject_codes::text[], :sample_ids::uuid[], :lab_ids::uuid[])
    AS n(id, barcode, subject_code, sample_id, lab_id)
ON CONFLICT ON CONSTRAINT container_barcode DO NOTHING
RETURNING id;

-- name: put_containers
-- Containers after something happened to them.
UPDATE container SET status = n.status, location_id = n.location_id, row_number = n.row_number,
    column_number = n.column_number, place = n.place, event_count = n.event_count, last_hash = n.last_hash,
    updated_at = :at, version = version + 1
FROM unnest(:ids::uuid[], :statuses::text[], :location_ids::uuid[], :row_numbers::integer[],
    :column_numbers::integer[], :places::text[], :event_counts::integer[], :hashes::text[])
    AS n(id, status, location_id, row_number, column_number, place, event_count, last_hash)
WHERE container.id = n.id;

-- name: lift_containers
-- Containers that are about to change places with each other, taken out of their positions.
UPDATE container SET location_id = NULL, row_number = NULL, column_number = NULL
WHERE id = ANY(:ids::uuid[]) AND row_number IS NOT NULL;

-- name: occupants
-- What stands in a place: its position, its code and its name.
SELECT c.id, c.row_number, c.column_number, concat_ws(' ', c.subject_code, s.name) AS name
FROM container c LEFT JOIN sample s ON s.id = c.sample_id
WHERE c.location_id = :location_id AND c.row_number IS NOT NULL;

-- name: state_of
-- What the table says of a container now, to be compared with what its events say.
SELECT c.barcode, c.sample_id, c.subject_code, c.status, c.location_id, c.row_number, c.column_number, c.place, c.event_count,
    c.last_hash, CASE WHEN c.location_id IS NULL THEN c.place
        ELSE (SELECT concat_ws('/', l.path, position_name(c.row_number, c.column_number)) FROM storage_location l
            WHERE l.id = c.location_id) END AS text
FROM container c
WHERE c.id = :container_id;
