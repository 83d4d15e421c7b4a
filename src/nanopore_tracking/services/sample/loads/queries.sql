-- name: find_run
-- What a load needs of the run that it is for.
SELECT r.id, r.code, r.state, r.flow_cell_id, r.override_reason FROM sequencing_run r WHERE r.code = :code;

-- name: insert_load
-- A new load, reload, wash or flush.
INSERT INTO flow_cell_load (id, flow_cell_id, ordinal, kind, pool_id, library_id, run_id, loaded, volume_ul, fmol,
    amount_formula, library_remaining_ul, lots, carry_over, passed_over, reason, note, operator, loaded_at, recorded_at,
    asked_by)
VALUES (:id, :cell_id, :ordinal, :kind, :pool_id, :library_id, :run_id, :loaded, :volume_ul, :fmol, :amount_formula,
    :library_remaining_ul, :lots, :carry_over, :passed_over, :reason, :note, :operator, :loaded_at, :at, :asked_by);

-- name: insert_barcode
-- A barcode that is on the flow cell from now on.
INSERT INTO flow_cell_barcode (load_id, flow_cell_id, sequence_key, kit, barcode, alias, sample_id)
VALUES (:load_id, :cell_id, :key, :kit, :barcode, :alias, :sample_id);

-- list: loads
-- One page of what was loaded on a flow cell and washed out.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'ordinal', l.ordinal, 'kind', l.kind,
    'loaded', l.loaded, 'run', (SELECT r.code FROM sequencing_run r WHERE r.id = l.run_id), 'volume_ul', l.volume_ul,
    'fmol', l.fmol, 'amount_formula', l.amount_formula, 'library_remaining_ul', l.library_remaining_ul,
    'lots', l.lots, 'carry_over', l.carry_over, 'passed_over', l.passed_over, 'reason', l.reason, 'note', l.note,
    'operator', l.operator, 'loaded_at', l.loaded_at, 'asked_by', l.asked_by)::text AS item
FROM flow_cell_load l
WHERE l.flow_cell_id = :cell_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   l.id = :id
-- filter: kind text[]   l.kind = ANY(:kind)
-- sort: ordinal integer l.ordinal

-- name: next_ordinal
-- Which number the next load of a flow cell has.
SELECT coalesce(max(l.ordinal), 0) + 1 FROM flow_cell_load l WHERE l.flow_cell_id = :cell_id;

-- name: loads_of_run
-- How many loads are recorded for a run.
SELECT count(*) FROM flow_cell_load l WHERE l.run_id = :run_id AND l.kind IN ('load', 'reload');
