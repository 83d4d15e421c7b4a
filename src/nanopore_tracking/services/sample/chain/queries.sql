-- name: take_numbers
-- The last of so many new numbers of a series in a year.
INSERT INTO counter (series, year, last) VALUES (:series, :year, :many)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + excluded.last
RETURNING last;

-- name: insert_change
-- A transition of a library or of a pool.
INSERT INTO chain_change (id, library_id, pool_id, before_state, state, reason, missing, changed_by, changed_at,
    asked_by)
VALUES (:id, :library_id::uuid, :pool_id::uuid, :before_state, :state, :reason, :missing, :changed_by, :at, :asked_by);

-- list: changes
-- One page of the transitions of a library or of a pool; who may see it was asked before.
SELECT h.id, /*sort*/ AS sort_key, json_build_object('id', h.id, 'before_state', h.before_state, 'state', h.state,
    'reason', h.reason, 'missing', h.missing, 'changed_by', h.changed_by, 'changed_at', h.changed_at,
    'asked_by', h.asked_by)::text AS item
FROM chain_change h
WHERE h.part_id = :part_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: changed timestamptz h.changed_at
