-- list: batches
-- One page of the batches that have a sample or a library within the labs in scope.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'code', b.code, 'name', b.name, 'thing', b.thing,
    'task', b.task, 'quantity', b.quantity, 'method', b.method, 'kit', b.kit, 'kit_lot', b.kit_lot,
    'lot_expires_on', b.lot_expires_on, 'closed', b.closed,
    'size', (SELECT count(*) FROM bench_place p
        WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))),
    'done', (SELECT count(*) FILTER (WHERE p.done) FROM bench_place p
        WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))),
    'created_by', b.created_by, 'created_at', b.created_at, 'updated_at', b.updated_at,
    'version', b.version)::text AS item
FROM bench_batch b
WHERE (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM bench_place p
    WHERE p.batch_id = b.id AND p.lab_id = ANY(:scope))) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   b.id = :id
-- filter: closed boolean   b.closed = :closed
-- filter: sample_id uuid   EXISTS (SELECT FROM bench_position p WHERE p.batch_id = b.id AND p.sample_id = :sample_id)
-- filter: library_id uuid   EXISTS (SELECT FROM bench_position p WHERE p.batch_id = b.id AND p.library_id = :library_id)
-- sort: updated timestamptz b.updated_at

-- name: show_positions
-- The tubes of a batch within the labs in scope, column by column, as a list in JSON. A library is called by its
-- samples; shares: among how many libraries of its latest pool an amount is divided.
SELECT coalesce(json_agg(json_build_object('position', chr(64 + p.row_number) || p.column_number, 'code', p.code,
    'sample_id', p.sample_id, 'sample_code', s.code, 'library_id', p.library_id, 'library_code', l.code,
    'name', coalesce(s.name, made.names, p.code), 'container_barcode', coalesce(s.container_barcode, ''),
    'material', coalesce(s.material, made.material, ''), 'service_type', coalesce(s.service_type, made.service_type, ''),
    'fragment_bp', coalesce(s.fragment_bp, l.mean_fragment_bp), 'volume_ul', coalesce(s.volume_ul, l.volume_ul),
    'conc_ng_per_ul', coalesce(s.qubit_ng_per_ul, l.conc_ng_per_ul), 'shares', coalesce(pooled.libraries, 1),
    'done', p.done, 'value', p.said -> 'value', 'done_by', p.said ->> 'done_by', 'done_at', p.said ->> 'done_at')
    ORDER BY p.column_number, p.row_number), '[]')::text AS positions
FROM bench_place p LEFT JOIN sample s ON s.id = p.sample_id LEFT JOIN library l ON l.id = p.library_id
    LEFT JOIN LATERAL (SELECT min(x.material) AS material, min(x.service_type) AS service_type,
        CASE WHEN count(*) > 2 THEN count(*) || ' samples' ELSE string_agg(x.name, ', ' ORDER BY o.position) END AS names
        FROM library_source o JOIN sample x ON x.id = o.sample_id WHERE o.library_id = p.library_id) made ON true
    LEFT JOIN LATERAL (SELECT (SELECT count(*) FROM pool_component k WHERE k.pool_id = q.id) AS libraries
        FROM pool_component c JOIN pool q ON q.id = c.pool_id
        WHERE c.library_id = p.library_id ORDER BY q.created_at DESC, q.id DESC LIMIT 1) pooled ON true
WHERE p.batch_id = :batch_id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope));

-- name: find_batch
-- The id of a batch by its id, or by its code, where one of its samples or libraries is within the labs in scope.
SELECT b.id FROM bench_batch b
WHERE (b.id = :id OR b.code = :code) AND EXISTS (SELECT FROM bench_place p
    WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope)));

-- name: lock_batch
-- A batch that is about to be changed, locked.
SELECT b.id, b.code, b.name, b.thing, b.task, b.quantity, b.method, b.kit, b.kit_lot, b.lot_expires_on, b.closed,
    b.version
FROM bench_batch b WHERE b.id = :batch_id FOR NO KEY UPDATE;

-- name: codes_of
-- The codes of the samples or libraries of a batch, each with its position.
SELECT chr(64 + p.row_number) || p.column_number AS position, p.code
FROM bench_place p WHERE p.batch_id = :batch_id ORDER BY p.column_number, p.row_number;

-- name: find_samples
-- The samples that are named by their ids or codes, within the labs in scope.
SELECT s.id, s.code FROM sample s
WHERE (s.id = ANY(:ids::uuid[]) OR s.code = ANY(:codes::text[])) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: find_libraries
-- The libraries that are named by their ids or codes, within the labs in scope.
SELECT l.id, l.code FROM library l
WHERE (l.id = ANY(:ids::uuid[]) OR l.code = ANY(:codes::text[])) AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope));

-- name: insert_batch
-- A new batch.
INSERT INTO bench_batch (id, code, name, thing, task, quantity, method, kit, created_by, created_at, updated_at)
VALUES (:id, :code, :name, :thing, :task, :quantity::text, :method::text, :kit, :created_by, :at, :at);

-- name: insert_positions
-- The tubes of a new batch: all of samples, or all of libraries.
INSERT INTO bench_position (batch_id, row_number, column_number, sample_id, library_id)
SELECT :batch_id, n.row_number, n.column_number, CASE WHEN :thing::text = 'sample' THEN n.thing_id END,
    CASE WHEN :thing = 'library' THEN n.thing_id END
FROM unnest(:rows::smallint[], :columns::smallint[], :thing_ids::uuid[]) AS n(row_number, column_number, thing_id);

-- name: update_batch
-- The changed batch.
UPDATE bench_batch SET kit = :kit, kit_lot = :kit_lot, lot_expires_on = :lot_expires_on::date, closed = :closed,
    updated_at = :at, version = version + 1
WHERE id = :batch_id;
