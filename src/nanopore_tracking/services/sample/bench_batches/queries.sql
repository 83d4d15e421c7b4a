-- list: batches
-- One page of the batches that have a sample within the labs in scope.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'code', b.code, 'name', b.name, 'task', b.task,
    'quantity', b.quantity, 'method', b.method, 'kit', b.kit, 'kit_lot', b.kit_lot,
    'lot_expires_on', b.lot_expires_on, 'closed', b.closed,
    'size', (SELECT count(*) FROM bench_position p JOIN sample s ON s.id = p.sample_id
        WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))),
    'done', (SELECT count(*) FILTER (WHERE p.done) FROM bench_place p JOIN sample s ON s.id = p.sample_id
        WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))),
    'created_by', b.created_by, 'created_at', b.created_at, 'updated_at', b.updated_at,
    'version', b.version)::text AS item
FROM bench_batch b
WHERE (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM bench_position p JOIN sample s ON s.id = p.sample_id
    WHERE p.batch_id = b.id AND s.lab_id = ANY(:scope))) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   b.id = :id
-- filter: closed boolean   b.closed = :closed
-- filter: sample_id uuid   EXISTS (SELECT FROM bench_position p WHERE p.batch_id = b.id AND p.sample_id = :sample_id)
-- sort: updated timestamptz b.updated_at

-- name: show_positions
-- The tubes of a batch within the labs in scope, column by column, as a list in JSON.
SELECT coalesce(json_agg(json_build_object('position', chr(64 + p.row_number) || p.column_number,
    'sample_id', s.id, 'sample_code', s.code, 'name', s.name, 'container_barcode', coalesce(s.container_barcode, ''),
    'material', s.material, 'service_type', s.service_type, 'fragment_bp', s.fragment_bp,
    'done', p.done, 'value', p.said -> 'value', 'done_by', p.said ->> 'done_by', 'done_at', p.said ->> 'done_at')
    ORDER BY p.column_number, p.row_number), '[]')::text AS positions
FROM bench_place p JOIN sample s ON s.id = p.sample_id
WHERE p.batch_id = :batch_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: find_batch
-- The id of a batch by its id, or by its code, where one of its samples is within the labs in scope.
SELECT b.id FROM bench_batch b
WHERE (b.id = :id OR b.code = :code) AND EXISTS (SELECT FROM bench_position p JOIN sample s ON s.id = p.sample_id
    WHERE p.batch_id = b.id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)));

-- name: lock_batch
-- A batch that is about to be changed, locked.
SELECT b.id, b.code, b.name, b.task, b.quantity, b.method, b.kit, b.kit_lot, b.lot_expires_on, b.closed, b.version
FROM bench_batch b WHERE b.id = :batch_id FOR NO KEY UPDATE;

-- name: codes_of
-- The codes of the samples of a batch, each with its position.
SELECT chr(64 + p.row_number) || p.column_number AS position, s.code
FROM bench_position p JOIN sample s ON s.id = p.sample_id
WHERE p.batch_id = :batch_id ORDER BY p.column_number, p.row_number;

-- name: insert_batch
-- A new batch.
INSERT INTO bench_batch (id, code, name, task, quantity, method, kit, created_by, created_at, updated_at)
VALUES (:id, :code, :name, :task, :quantity::text, :method::text, :kit, :created_by, :at, :at);

-- name: insert_positions
-- The tubes of a new batch.
INSERT INTO bench_position (batch_id, row_number, column_number, sample_id)
SELECT :batch_id, n.row_number, n.column_number, n.sample_id
FROM unnest(:rows::smallint[], :columns::smallint[], :sample_ids::uuid[]) AS n(row_number, column_number, sample_id);

-- name: update_batch
-- The changed batch.
UPDATE bench_batch SET kit = :kit, kit_lot = :kit_lot, lot_expires_on = :lot_expires_on::date, closed = :closed,
    updated_at = :at, version = version + 1
WHERE id = :batch_id;
