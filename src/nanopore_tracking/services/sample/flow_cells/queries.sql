-- list: flow_cells
-- One page of flow cells, with what follows from the day.
SELECT f.id, /*sort*/ AS sort_key, json_build_object('id', f.id, 'flow_cell_id', f.flow_cell_id,
    'product_code', f.product_code, 'device', f.device, 'lot', f.lot, 'purchased_on', f.purchased_on,
    'received_on', f.received_on, 'expires_on', f.expires_on, 'check_by', f.check_by,
    'warranty_pores', f.warranty_pores, 'storage', f.storage, 'note', f.note, 'state', f.state,
    'pores_available', f.pores_available, 'check_count', f.check_count, 'load_count', f.load_count,
    'check_due', f.state = 'received' AND f.check_count = 0 AND f.check_by >= :today,
    'check_overdue', f.state = 'received' AND f.check_count = 0 AND f.check_by < :today,
    'claim_deadline', (SELECT min(c.deadline) FROM flow_cell_claim c
        WHERE c.flow_cell_id = f.id AND c.reported_at IS NULL),
    'held_by', f.held_by, 'actions', coalesce(:actions::json->f.state, '[]'), 'created_by', f.created_by,
    'created_at', f.created_at, 'updated_at', f.updated_at, 'version', f.version)::text AS item
FROM flow_cell f
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   f.id = :id
-- filter: printed text   f.flow_cell_id = :printed
-- filter: state text[]   f.state = ANY(:state)
-- filter: product_code text   f.product_code = :product_code
-- filter: device text   f.device = :device
-- filter: check_due_by date   f.state = 'received' AND f.check_count = 0 AND f.check_by <= :check_due_by
-- filter: expires_by date   f.expires_on <= :expires_by AND f.state IN ('received', 'checked_ok', 'check_failed')
-- filter: q text   strpos(lower(coalesce(f.flow_cell_id, '') || ' ' || f.product_code || ' ' || f.lot || ' '
--   || f.storage), lower(:q)) > 0
-- sort: updated timestamptz f.updated_at
-- sort: check_by date f.check_by
-- sort: product text f.product_code

-- name: find_cell
-- The id of a flow cell by its id, or by what is printed on it.
SELECT f.id FROM flow_cell f WHERE f.id = :id OR f.flow_cell_id = :printed;

-- name: lock_cell
-- A flow cell that is about to be changed, locked.
SELECT f.id, f.flow_cell_id, f.product_code, f.device, f.lot, f.purchased_on, f.received_on, f.expires_on, f.check_by,
    f.warranty_pores, f.report_days, f.storage, f.note, f.state, f.pores_available, f.check_count, f.load_count,
    f.event_count, f.held_by, f.version
FROM flow_cell f WHERE f.id = :cell_id FOR NO KEY UPDATE;

-- name: read_cell
-- A flow cell as it is now.
SELECT f.id, f.flow_cell_id, f.product_code, f.device, f.lot, f.purchased_on, f.received_on, f.expires_on, f.check_by,
    f.warranty_pores, f.report_days, f.storage, f.note, f.state, f.pores_available, f.check_count, f.load_count,
    f.event_count, f.held_by, f.version
FROM flow_cell f WHERE f.id = :cell_id;

-- name: insert_cell
-- A new flow cell.
INSERT INTO flow_cell (id, flow_cell_id, product_code, device, lot, purchased_on, received_on, expires_on, check_by,
    warranty_pores, report_days, storage, note, state, created_by, created_at, updated_at)
VALUES (:id, :flow_cell_id, :product_code, :device, :lot, :purchased_on, :received_on, :expires_on, :check_by,
    :warranty_pores, :report_days, :storage, :note, :state, :created_by, :at, :at);

-- name: update_cell
-- The changed flow cell.
UPDATE flow_cell SET flow_cell_id = :flow_cell_id, lot = :lot, received_on = :received_on, expires_on = :expires_on,
    storage = :storage, note = :note, state = :state, pores_available = :pores_available, check_count = :check_count,
    load_count = :load_count, event_count = :event_count, held_by = :held_by, updated_at = :at, version = version + 1
WHERE id = :id;

-- name: insert_event
-- One more line of the ledger.
INSERT INTO flow_cell_event (id, flow_cell_id, ordinal, kind, state, details, reason, done_by, happened_at, recorded_at)
VALUES (:id, :cell_id, :ordinal, :kind, :state, :details, :reason, :done_by, :happened_at, :at);

-- list: ledger
-- One page of what happened to a flow cell.
SELECT e.id, /*sort*/ AS sort_key, json_build_object('id', e.id, 'ordinal', e.ordinal, 'kind', e.kind,
    'state', e.state, 'details', e.details, 'reason', e.reason, 'done_by', e.done_by,
    'happened_at', e.happened_at)::text AS item
FROM flow_cell_event e
WHERE e.flow_cell_id = :cell_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: kind text[]   e.kind = ANY(:kind)
-- sort: ordinal integer e.ordinal

-- name: insert_check
-- A new check.
INSERT INTO flow_cell_check (id, flow_cell_id, ordinal, pores_available, pores_by_mux, threshold_pores, passed,
    position, minknow_run_id, note, checked_by, checked_at, recorded_at)
VALUES (:id, :cell_id, :ordinal, :pores_available, :pores_by_mux, :threshold_pores, :passed, :position,
    :minknow_run_id, :note, :checked_by, :checked_at, :at);

-- list: checks
-- One page of the checks of a flow cell.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'flow_cell_id', c.flow_cell_id,
    'ordinal', c.ordinal, 'pores_available', c.pores_available, 'pores_by_mux', c.pores_by_mux,
    'threshold_pores', c.threshold_pores, 'passed', c.passed, 'position', c.position,
    'minknow_run_id', c.minknow_run_id, 'note', c.note, 'checked_by', c.checked_by, 'checked_at', c.checked_at,
    'claim_deadline', (SELECT d.deadline FROM flow_cell_claim d WHERE d.check_id = c.id))::text AS item
FROM flow_cell_check c
WHERE c.flow_cell_id = :cell_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- sort: ordinal integer c.ordinal

-- name: insert_claim
-- A failing check that has to be reported.
INSERT INTO flow_cell_claim (id, flow_cell_id, check_id, deadline, opened_at)
VALUES (:id, :cell_id, :check_id, :deadline, :at);

-- list: claims_listed
-- One page of the failing checks that have to be reported, or were.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('id', c.id, 'flow_cell', f.id, 'flow_cell_id', f.flow_cell_id,
    'product_code', f.product_code, 'pores_available', k.pores_available, 'threshold_pores', k.threshold_pores,
    'deadline', c.deadline, 'overdue', c.reported_at IS NULL AND c.deadline < :now, 'reported_at', c.reported_at,
    'reported_by', c.reported_by, 'reference', c.reference, 'note', c.note, 'opened_at', c.opened_at,
    'version', c.version)::text AS item
FROM flow_cell_claim c JOIN flow_cell f ON f.id = c.flow_cell_id JOIN flow_cell_check k ON k.id = c.check_id
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   c.id = :id
-- filter: open boolean   (c.reported_at IS NULL) = :open
-- filter: overdue boolean   (c.reported_at IS NULL AND c.deadline < :now) = :overdue
-- sort: deadline timestamptz c.deadline

-- name: lock_claim
-- A claim that is about to be reported, locked.
SELECT c.id, c.flow_cell_id, c.deadline, c.reported_at, c.version
FROM flow_cell_claim c WHERE c.id = :claim_id FOR NO KEY UPDATE;

-- name: report_claim
-- The claim was reported.
UPDATE flow_cell_claim SET reported_at = :at, reported_by = :by, reference = :reference, note = :note,
    version = version + 1
WHERE id = :claim_id;

-- name: stock
-- What is there of every product that was ever here.
SELECT f.product_code, min(f.device) AS device, count(*) FILTER (WHERE f.state = 'ordered') AS ordered,
    count(*) FILTER (WHERE f.state = 'received') AS unchecked,
    count(*) FILTER (WHERE f.state = 'checked_ok') AS ready,
    count(*) FILTER (WHERE f.state IN ('in_use', 'washed')) AS in_use,
    count(*) FILTER (WHERE f.state = 'received' AND f.check_count = 0 AND f.check_by >= :today) AS check_due,
    count(*) FILTER (WHERE f.state = 'received' AND f.check_count = 0 AND f.check_by < :today) AS check_overdue
FROM flow_cell f
GROUP BY f.product_code ORDER BY f.product_code LIMIT 200;

-- name: claims
-- How many failing checks have to be reported, and for how many that is too late.
SELECT count(*) AS open, count(*) FILTER (WHERE c.deadline < :now) AS overdue
FROM flow_cell_claim c WHERE c.reported_at IS NULL;

-- name: past_shelf_life
-- Unused flow cells whose last day is over, a few at a time.
SELECT f.id FROM flow_cell f
WHERE f.expires_on < :today AND f.state IN ('received', 'checked_ok', 'check_failed') AND f.held_by IS NULL
ORDER BY f.id LIMIT 100;
