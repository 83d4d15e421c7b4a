-- list: runs
-- One page of runs with what they are planned on.
SELECT r.id, /*sort*/ AS sort_key, json_build_object('id', r.id, 'code', r.code, 'state', r.state,
    'state_reason', r.state_reason, 'purpose', r.purpose, 'experiment_id', r.experiment_id, 'sample_id', r.sample_id,
    'pool', (SELECT p.code FROM pool p WHERE p.id = r.pool_id),
    'library', (SELECT l.code FROM library l WHERE l.id = r.library_id), 'flow_cell', f.flow_cell_id,
    'flow_cell_uuid', f.id, 'product_code', f.product_code, 'position', n.name, 'position_id', n.id,
    'instrument', i.name, 'kits', r.kits, 'run_minutes', r.run_minutes, 'min_qscore', r.min_qscore,
    'volume_ul', r.volume_ul, 'override_reason', r.override_reason, 'note', r.note,
    'sheet_hash', (SELECT s.content_hash FROM run_sheet s WHERE s.run_id = r.id
        ORDER BY s.issued_at DESC, s.id DESC LIMIT 1),
    'protocol_run_id', r.protocol_run_id, 'started_at', r.started_at, 'ended_at', r.ended_at,
    'end_reason', r.end_reason, 'created_by', r.created_by, 'created_at', r.created_at, 'updated_at', r.updated_at,
    'version', r.version)::text AS item
FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id JOIN instrument_position n ON n.id = r.position_id
    JOIN instrument i ON i.id = n.instrument_id
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   r.id = :id
-- filter: state text[]   r.state = ANY(:state)
-- filter: purpose text[]   r.purpose = ANY(:purpose)
-- filter: flow_cell_id uuid   r.flow_cell_id = :flow_cell_id
-- filter: sample_id uuid   (r.library_id IN (SELECT o.library_id FROM library_source o WHERE o.sample_id = :sample_id)
--   OR r.pool_id IN (SELECT c.pool_id FROM pool_component c JOIN library_source o ON o.library_id = c.library_id
--     WHERE o.sample_id = :sample_id))
-- filter: device text   f.device = :device
-- filter: kit text   :kit = ANY(r.kits)
-- filter: lab_id uuid   (r.library_id IN (SELECT o.id FROM library o WHERE o.lab_id = :lab_id)
--   OR r.pool_id IN (SELECT c.pool_id FROM pool_component c JOIN library o ON o.id = c.library_id
--     WHERE o.lab_id = :lab_id))
-- filter: started timestamptz[]   r.started_at >= (:started)[1] AND r.started_at < (:started)[2]
-- filter: yield_from_gb double precision   bases_of_run(r.id) >= :yield_from_gb * 1e9
-- filter: yield_below_gb double precision   bases_of_run(r.id) < :yield_below_gb * 1e9
-- filter: low_yield boolean   is_low_yield(r.id, f.product_code) AND :low_yield
-- filter: q text   strpos(lower(r.code || ' ' || r.experiment_id || ' ' || coalesce(f.flow_cell_id, '') || ' '
--   || i.name), lower(:q)) > 0
-- sort: updated timestamptz r.updated_at
-- sort: code text r.code

-- name: find_run
-- The id of a run by its id, or by its code.
SELECT r.id FROM sequencing_run r WHERE r.id = :id OR r.code = :code;

-- name: lock_run
-- A run that is about to be changed, locked.
SELECT r.id, r.code, r.state, r.state_reason, r.purpose, r.experiment_id, r.sample_id, r.pool_id, r.library_id,
    r.flow_cell_id, r.position_id, r.kits, r.run_minutes, r.min_qscore, r.volume_ul, r.override_reason, r.note,
    r.start_count, r.protocol_run_id, r.started_at, r.ended_at, r.ended_as, r.end_reason, r.version
FROM sequencing_run r WHERE r.id = :run_id FOR NO KEY UPDATE;

-- name: read_run
-- A run as it is now.
SELECT r.id, r.code, r.state, r.state_reason, r.purpose, r.experiment_id, r.sample_id, r.pool_id, r.library_id,
    r.flow_cell_id, r.position_id, r.kits, r.run_minutes, r.min_qscore, r.volume_ul, r.override_reason, r.note,
    r.start_count, r.protocol_run_id, r.started_at, r.ended_at, r.ended_as, r.end_reason, r.version
FROM sequencing_run r WHERE r.id = :run_id;

-- name: insert_run
-- A new run.
INSERT INTO sequencing_run (id, code, purpose, experiment_id, sample_id, pool_id, library_id, flow_cell_id, position_id,
    kits, run_minutes, min_qscore, volume_ul, override_reason, note, created_by, created_at, updated_at)
VALUES (:id, :code, :purpose, :experiment_id, :sample_id, :pool_id, :library_id, :flow_cell_id, :position_id, :kits,
    :run_minutes, :min_qscore, :volume_ul, :override_reason, :note, :created_by, :at, :at);

-- name: update_run
-- The changed run.
UPDATE sequencing_run SET state = :state, state_reason = :state_reason, purpose = :purpose,
    flow_cell_id = :flow_cell_id, position_id = :position_id, run_minutes = :run_minutes, min_qscore = :min_qscore,
    volume_ul = :volume_ul, override_reason = :override_reason, note = :note, start_count = :start_count,
    protocol_run_id = :protocol_run_id, started_at = :started_at, ended_at = :ended_at, ended_as = :ended_as,
    end_reason = :end_reason,
    updated_at = :at, version = version + 1
WHERE id = :id;

-- name: hold_position
-- The position is the run's, unless another one has it.
UPDATE instrument_position SET held_by = :code WHERE id = :position_id AND coalesce(held_by, :code) = :code
RETURNING id;

-- name: free_position
-- The position is nobody's any more, if it was this run's.
UPDATE instrument_position SET held_by = NULL WHERE id = :position_id AND held_by = :code;

-- name: position_holder
-- Which run has a position.
SELECT p.held_by FROM instrument_position p WHERE p.id = :position_id;

-- name: reserve_barcode
-- A barcode of the flow cell is the run's.
INSERT INTO run_barcode (flow_cell_id, sequence_key, run_id) VALUES (:cell_id, :key, :run_id)
ON CONFLICT (flow_cell_id, sequence_key) DO UPDATE SET run_id = run_barcode.run_id
WHERE run_barcode.run_id = excluded.run_id
RETURNING run_id;

-- name: free_barcodes
-- No barcode is the run's any more.
DELETE FROM run_barcode WHERE run_id = :run_id;

-- name: runs_of_libraries
-- The latest run of each library or of a pool that it is in, of those that were not cancelled.
SELECT l.id AS library_id, latest.id AS run_id
FROM unnest(:library_ids::uuid[]) AS l (id) CROSS JOIN LATERAL (
    SELECT r.id FROM sequencing_run r
    WHERE r.state <> 'cancelled' AND (r.library_id = l.id
        OR r.pool_id IN (SELECT c.pool_id FROM pool_component c WHERE c.library_id = l.id))
    ORDER BY r.created_at DESC, r.id DESC LIMIT 1) latest;

-- name: last_sheet
-- What the sheet that was issued last says, as its hash.
SELECT s.content_hash FROM run_sheet s WHERE s.run_id = :run_id ORDER BY s.issued_at DESC, s.id DESC LIMIT 1;

-- name: insert_sheet
-- An issued sheet.
INSERT INTO run_sheet (id, run_id, profile, content_hash, text, issued_by, issued_at)
VALUES (:id, :run_id, :profile, :content_hash, :text, :issued_by, :at);

-- list: sheets
-- One page of the sheets of a run that were issued.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'profile', s.profile, 'content_hash', s.content_hash,
    'text', s.text, 'issued_by', s.issued_by, 'issued_at', s.issued_at)::text AS item
FROM run_sheet s
WHERE s.run_id = :run_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: profile text[]   s.profile = ANY(:profile)
-- sort: issued timestamptz s.issued_at
