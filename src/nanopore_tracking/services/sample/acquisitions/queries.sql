-- list: acquisitions
-- One page of what was read of run folders.
SELECT a.id, /*sort*/ AS sort_key, json_build_object('id', a.id, 'reader', a.reader, 'folder', a.folder,
    'state', a.state, 'sentence', a.sentence, 'problems', a.problems, 'files', a.files,
    'protocol_run_id', a.protocol_run_id, 'acquisition_run_id', a.acquisition_run_id,
    'acquisition_run_ids', a.acquisition_run_ids, 'experiment_id', a.experiment_id, 'sample_id', a.sample_id, 'flow_cell_id', a.flow_cell_id,
    'position', a.position, 'instrument', a.instrument, 'started_at', a.started_at, 'ended_at', a.ended_at,
    'reads', a.reads, 'bases', a.bases, 'pass_bases', a.pass_bases, 'n50_bases', a.n50_bases, 'mean_q', a.mean_q,
    'standing', a.standing, 'run', (SELECT r.code FROM sequencing_run r WHERE r.id = a.run_id),
    'matched_by', a.matched_by, 'match_reason', a.match_reason, 'candidates', a.candidates,
    'created_at', a.created_at, 'updated_at', a.updated_at, 'version', a.version)::text AS item
FROM acquisition a
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   a.id = :id
-- filter: state text[]   a.state = ANY(:state)
-- filter: standing text[]   a.standing = ANY(:standing)
-- filter: run_id uuid   a.run_id = :run_id
-- filter: q text   strpos(lower(a.folder || ' ' || a.experiment_id || ' ' || a.sample_id || ' ' || a.flow_cell_id),
--   lower(:q)) > 0
-- sort: updated timestamptz a.updated_at

-- name: find_acquisition
-- The acquisition of these ids, else of the same protocol run or folder one of which no acquisition is known yet; where
-- the reading knows none, the latest.
SELECT a.id FROM acquisition a
WHERE (a.acquisition_run_id IN (:acquisition_run_id, '') OR :acquisition_run_id = '')
    AND ((:protocol_run_id <> '' AND a.protocol_run_id = :protocol_run_id)
        OR (a.reader = :reader AND a.folder = :folder AND (a.protocol_run_id = ''
            OR (:protocol_run_id = '' AND :acquisition_run_id = ''))))
ORDER BY a.acquisition_run_id = :acquisition_run_id DESC, a.protocol_run_id = :protocol_run_id DESC,
    a.updated_at DESC, a.id DESC LIMIT 1;

-- name: of_folder
-- All acquisitions that were read of a folder.
SELECT a.id FROM acquisition a WHERE a.reader = :reader AND a.folder = :folder ORDER BY a.updated_at DESC, a.id DESC
LIMIT 200;

-- name: lock_acquisition
-- An acquisition that is about to be changed, locked.
SELECT a.id, a.standing, a.run_id, a.matched_by, a.match_reason, a.content_hash, a.version
FROM acquisition a WHERE a.id = :acquisition_id FOR NO KEY UPDATE;

-- name: read_row
-- What events say of an acquisition.
SELECT a.id, a.reader, a.folder, a.state, a.sentence, a.problems, a.protocol_run_id, a.experiment_id, a.sample_id,
    a.flow_cell_id, a.position, a.started_at, a.ended_at, a.reads, a.bases, a.pass_bases, a.standing, a.run_id,
    a.match_reason
FROM acquisition a WHERE a.id = :acquisition_id;

-- name: insert_acquisition
-- A run folder that was read for the first time.
INSERT INTO acquisition (id, reader, folder, state, sentence, problems, files, protocol_run_id, acquisition_run_id,
    acquisition_run_ids, experiment_id, sample_id, flow_cell_id, position, instrument, started_at, ended_at, reads, bases, pass_bases,
    n50_bases, mean_q, standing, matched_by, match_reason, candidates, content_hash, created_at, updated_at)
VALUES (:id, :reader, :folder, :state, :sentence, :problems, :files::jsonb, :protocol_run_id, :acquisition_run_id,
    :acquisition_run_ids, :experiment_id, :sample_id, :flow_cell_id, :position, :instrument, :started_at, :ended_at, :reads, :bases,
    :pass_bases, :n50_bases, :mean_q, 'unmatched', '', '', '[]', :content_hash, :at, :at);

-- name: update_acquisition
-- A run folder that was read again; an id that nothing in it says any more stays as it was.
UPDATE acquisition a SET reader = :reader, folder = :folder, state = :state, sentence = :sentence,
    problems = :problems, files = :files::jsonb,
    protocol_run_id = coalesce(nullif(:protocol_run_id, ''), a.protocol_run_id),
    acquisition_run_id = coalesce(nullif(:acquisition_run_id, ''), a.acquisition_run_id),
    acquisition_run_ids = coalesce(nullif(:acquisition_run_ids::text[], '{}'), a.acquisition_run_ids),
    experiment_id = coalesce(nullif(:experiment_id, ''), a.experiment_id),
    sample_id = coalesce(nullif(:sample_id, ''), a.sample_id),
    flow_cell_id = coalesce(nullif(:flow_cell_id, ''), a.flow_cell_id),
    position = coalesce(nullif(:position, ''), a.position),
    instrument = coalesce(nullif(:instrument, ''), a.instrument),
    started_at = coalesce(:started_at, a.started_at), ended_at = coalesce(:ended_at, a.ended_at), reads = :reads,
    bases = :bases, pass_bases = :pass_bases, n50_bases = :n50_bases, mean_q = :mean_q,
    content_hash = :content_hash, updated_at = :at, version = a.version + 1
WHERE a.id = :id;

-- name: set_vanished
-- A run folder that is gone; what was read of it stays.
UPDATE acquisition SET state = :state, sentence = :sentence, content_hash = :content_hash, updated_at = :at,
    version = version + 1
WHERE id = :id;

-- name: set_standing
-- Which planned run it is, or may be.
UPDATE acquisition SET standing = :standing, run_id = :run_id, matched_by = :matched_by, match_reason = :match_reason,
    candidates = :candidates::jsonb, updated_at = :at, version = version + :step
WHERE id = :id;

-- name: keep_detail
-- All that was read last.
INSERT INTO acquisition_detail (acquisition_id, reading) VALUES (:acquisition_id, :reading::jsonb)
ON CONFLICT (acquisition_id) DO UPDATE SET reading = excluded.reading;

-- name: read_detail
-- All that was read last, as JSON.
SELECT json_build_object('id', d.acquisition_id, 'reading', d.reading)::text
FROM acquisition_detail d WHERE d.acquisition_id = :acquisition_id;

-- name: insert_reading
-- How a run folder stands now.
INSERT INTO acquisition_reading (id, acquisition_id, state, sentence, problems, reads, bases, content_hash, read_by, read_at)
VALUES (:id, :acquisition_id, :state, :sentence, :problems, :reads, :bases, :content_hash, :read_by, :at);

-- list: readings
-- One page of how a run folder stood.
SELECT h.id, /*sort*/ AS sort_key, json_build_object('id', h.id, 'state', h.state, 'sentence', h.sentence,
    'problems', h.problems, 'reads', h.reads, 'bases', h.bases, 'read_by', h.read_by, 'read_at', h.read_at)::text AS item
FROM acquisition_reading h
WHERE h.acquisition_id = :acquisition_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: read timestamptz h.read_at

-- name: planned_like
-- Planned runs that have at least one of these ids, the latest first.
SELECT r.id, r.code, coalesce(r.protocol_run_id, '') AS protocol_run_id, r.experiment_id, r.sample_id,
    coalesce(f.flow_cell_id, '') AS flow_cell_id, n.name AS position, r.state = 'cancelled' AS cancelled
FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id JOIN instrument_position n ON n.id = r.position_id
WHERE lower(r.experiment_id) = lower(:experiment_id) OR (r.state <> 'cancelled'
    AND (lower(r.protocol_run_id) = lower(:protocol_run_id) OR lower(r.sample_id) = lower(:sample_id)
        OR lower(f.flow_cell_id) = lower(:flow_cell_id)))
ORDER BY r.created_at DESC, r.id DESC LIMIT 50;

-- name: planned_one
-- A planned run by what it can be known.
SELECT r.id, r.code, coalesce(r.protocol_run_id, '') AS protocol_run_id, r.experiment_id, r.sample_id,
    coalesce(f.flow_cell_id, '') AS flow_cell_id, n.name AS position, r.state = 'cancelled' AS cancelled
FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id JOIN instrument_position n ON n.id = r.position_id
WHERE r.id = :run_id;
