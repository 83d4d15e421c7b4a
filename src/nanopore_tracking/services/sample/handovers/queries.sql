-- name: begin
-- Count on that the handover of a delivery is begun; what was begun before is over.
UPDATE delivery SET handover_count = handover_count + 1, handover_saga = NULL, handover_open = true
WHERE id = :delivery_id
RETURNING handover_count;

-- name: keep
-- Which saga hands a delivery over.
UPDATE delivery SET handover_saga = :saga_id WHERE id = :delivery_id;

-- name: close
-- A delivery that its handover has nothing to do with any more.
UPDATE delivery SET handover_open = false WHERE id = :delivery_id;

-- name: standing
-- How often the handover of a delivery was begun, which saga it is, and whether it has something to do with it.
SELECT handover_count, handover_saga, handover_open FROM delivery WHERE id = :delivery_id;

-- name: ids
-- The samples of a delivery that its handover moves, by their codes.
SELECT x.id FROM delivery_item i JOIN sample x ON x.id = i.sample_id
WHERE i.delivery_id = :delivery_id AND (:codes::text[] IS NULL OR x.code = ANY(:codes)) ORDER BY x.code;
