-- list: kit_lots
-- One page of the lots of reagents, with what follows from the day.
SELECT k.id, /*sort*/ AS sort_key, json_build_object('id', k.id, 'kit_code', k.kit_code, 'lot', k.lot,
    'category', k.category, 'received_on', k.received_on, 'expires_on', k.expires_on, 'opened_on', k.opened_on,
    'reactions_total', k.reactions_total, 'reactions_used', k.reactions_used,
    'reactions_left', k.reactions_total - k.reactions_used, 'location', k.location, 'note', k.note, 'state', k.state,
    'expired', k.expires_on < :today,
    'low', k.state IN ('sealed', 'open')
        AND k.reactions_total - k.reactions_used <= :low_share::double precision * k.reactions_total,
    'created_at', k.created_at, 'updated_at', k.updated_at, 'version', k.version)::text AS item
FROM kit_lot k
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   k.id = :id
-- filter: kit_code text   k.kit_code = :kit_code
-- filter: state text[]   k.state = ANY(:state)
-- filter: category text   k.category = :category
-- filter: expires_by date   k.expires_on <= :expires_by AND k.state IN ('sealed', 'open')
-- filter: low boolean   (k.state IN ('sealed', 'open')
--   AND k.reactions_total - k.reactions_used <= :low_share::double precision * k.reactions_total) = :low
-- filter: q text   strpos(lower(k.kit_code || ' ' || k.lot || ' ' || k.location), lower(:q)) > 0
-- sort: updated timestamptz k.updated_at
-- sort: expires date k.expires_on
-- sort: kit text k.kit_code

-- name: lock_lot
-- A lot that is about to be changed, locked.
SELECT k.id, k.kit_code, k.lot, k.category, k.received_on, k.expires_on, k.opened_on, k.reactions_total,
    k.reactions_used, k.location, k.note, k.state, k.version
FROM kit_lot k WHERE k.id = :lot_id FOR NO KEY UPDATE;

-- name: find_lot
-- The lot of a kit by the number that is printed on it.
SELECT k.id FROM kit_lot k WHERE k.kit_code = :kit_code AND k.lot = :lot;

-- name: insert_lot
-- A new lot.
INSERT INTO kit_lot (id, kit_code, lot, category, received_on, expires_on, reactions_total, location, note, state,
    created_by, created_at, updated_at)
VALUES (:id, :kit_code, :lot, :category, :received_on, :expires_on, :reactions_total, :location, :note, 'sealed',
    :created_by, :at, :at);

-- name: update_lot
-- The changed lot.
UPDATE kit_lot SET expires_on = :expires_on, reactions_total = :reactions_total, reactions_used = :reactions_used,
    opened_on = :opened_on, location = :location, note = :note, state = :state, updated_at = :at, version = version + 1
WHERE id = :lot_id;

-- list: lot_uses
-- One page of what a lot was used for.
SELECT u.id, /*sort*/ AS sort_key, json_build_object('id', u.id, 'kit_lot_id', u.kit_lot_id, 'kind', u.kind,
    'used_for', u.used_for, 'reactions', u.reactions, 'reason', u.reason, 'used_by', u.used_by,
    'used_at', u.used_at, 'asked_by', u.asked_by)::text AS item
FROM kit_lot_use u
WHERE u.kit_lot_id = :lot_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   u.id = :id
-- filter: kind text[]   u.kind = ANY(:kind)
-- sort: used timestamptz u.used_at

-- name: insert_use
-- What a lot was used for.
INSERT INTO kit_lot_use (id, kit_lot_id, kind, used_for, reactions, reason, library_id, used_by, used_at,
    asked_by)
VALUES (:id, :lot_id, :kind, :used_for, :reactions, :reason, :library_id, :used_by, :at, :asked_by);

-- name: lot_of_kit
-- The lot of a kit by the number that is printed on it, as it is now, however it is written.
SELECT k.id, k.kit_code, k.lot, k.category, k.received_on, k.expires_on, k.opened_on, k.reactions_total,
    k.reactions_used, k.location, k.note, k.state, k.version
FROM kit_lot k WHERE k.kit_code = :kit_code AND lower(k.lot) = lower(:lot)
ORDER BY k.lot = :lot DESC, k.lot LIMIT 1;

-- name: taken_for_library
-- What was taken of lots for a library and not given back.
SELECT u.kit_lot_id AS lot_id, sum(u.reactions)::integer AS reactions FROM kit_lot_use u
WHERE u.library_id = :library_id GROUP BY u.kit_lot_id HAVING sum(u.reactions) > 0 ORDER BY u.kit_lot_id;
