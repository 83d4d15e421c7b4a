-- list: bulks
-- One page of the changes of many libraries that a caller may see: all of them without a scope, else their own.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'kind', b.kind, 'operation', b.operation,
    'total', r.changed + r.refused, 'changed', r.changed, 'refused', r.refused, 'undoes', b.undoes,
    'undone_by', u.id, 'created_by', b.created_by, 'created_at', b.created_at, 'request_id', b.request_id,
    'version', CASE WHEN u.id IS NULL THEN 1 ELSE 2 END)::text AS item
FROM library_bulk b LEFT JOIN library_bulk u ON u.undoes = b.id CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.outcome = 'changed') AS changed,
        count(*) FILTER (WHERE i.outcome = 'refused') AS refused
    FROM library_bulk_item i WHERE i.bulk_id = b.id) r
WHERE (:scope::uuid[] IS NULL OR b.actor_id = :caller) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   b.id = :id
-- sort: created timestamptz b.created_at

-- list: results
-- One page of what became of the libraries of a change, those within the labs in scope.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('library_id', l.id, 'code', l.code,
    'sample_codes', samples_of_library(l.id), 'outcome', i.outcome, 'reason', i.reason, 'message', i.message,
    'changes', i.changes)::text AS item
FROM library_bulk_item i JOIN library l ON l.id = i.library_id
WHERE i.bulk_id = :bulk_id AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: outcome text[]   i.outcome = ANY(:outcome)
-- sort: place integer i.place

-- name: find_bulk
-- One change of many libraries.
SELECT b.id, b.kind, b.operation::text AS operation, b.created_at,
    CASE WHEN EXISTS (SELECT FROM library_bulk u WHERE u.undoes = b.id) THEN 2 ELSE 1 END AS version
FROM library_bulk b WHERE b.id = :bulk_id;

-- name: changed
-- What a change did with each library that it changed, the last one first.
SELECT i.library_id, i.outcome, i.reason, i.message, i.changes::text AS changes, i.measurements
FROM library_bulk_item i
WHERE i.bulk_id = :bulk_id AND i.outcome = 'changed'
ORDER BY i.place DESC;

-- name: moved_since
-- Those libraries that went to another state after a time.
SELECT DISTINCT h.library_id FROM chain_change h
WHERE h.part_id = ANY(:library_ids::uuid[]) AND h.library_id IS NOT NULL AND h.changed_at > :at;

-- name: insert_bulk
-- A change of many libraries.
INSERT INTO library_bulk (id, kind, operation, undoes, actor_id, created_by, request_id, created_at)
VALUES (:bulk_id, :kind, :operation::json, :undoes::uuid, :actor_id, :created_by, :request_id, :at);

-- name: insert_item
-- What became of one library.
INSERT INTO library_bulk_item (bulk_id, place, library_id, outcome, reason, message, changes, measurements)
VALUES (:bulk_id, :place, :library_id, :outcome, :reason, :message, :changes::json, :measurements::uuid[]);
