-- name: keep_live
-- An acquisition as it is now. Its minutes are stored by themselves; a bin of a histogram that is not told stays.
INSERT INTO live_acquisition (id, run_id, acquisition_id, host_id, state, phase, stop_reason, model, kit, started_at,
    ended_at, n50_bases, scans, lengths, qualities, created_at, updated_at)
VALUES (:id, :run_id, :acquisition_id, :host_id, :state, :phase, :stop_reason, :model, :kit, :started_at, :ended_at,
    :n50_bases, :scans::jsonb, :lengths::jsonb, :qualities::jsonb, :at, :at)
ON CONFLICT (run_id) DO UPDATE SET acquisition_id = excluded.acquisition_id, host_id = excluded.host_id,
    state = excluded.state, phase = excluded.phase, stop_reason = excluded.stop_reason, model = excluded.model,
    kit = excluded.kit, started_at = excluded.started_at, ended_at = excluded.ended_at,
    n50_bases = coalesce(excluded.n50_bases, live_acquisition.n50_bases), scans = excluded.scans,
    lengths = CASE WHEN excluded.lengths = '[]' THEN live_acquisition.lengths ELSE excluded.lengths END,
    qualities = CASE WHEN excluded.qualities = '[]' THEN live_acquisition.qualities ELSE excluded.qualities END,
    updated_at = excluded.updated_at;

-- name: lock_live
-- An acquisition that is about to be told of, locked.
SELECT l.id, l.minute, l.told_at, l.told_minute, l.state FROM live_acquisition l WHERE l.run_id = :run_id
FOR NO KEY UPDATE;

-- name: insert_ticks
-- Minutes of an acquisition; one that is there stays as it is.
INSERT INTO live_tick (id, live_id, minute, reads, bases, pass_reads, pass_bases, barcodes, pores, received_at)
SELECT gen_random_uuid(), :live_id, t.minute, t.reads, t.bases, t.pass_reads, t.pass_bases, t.barcodes::jsonb,
    t.pores::jsonb, :at
FROM unnest(:minutes::integer[], :reads::bigint[], :bases::bigint[], :pass_reads::bigint[], :pass_bases::bigint[],
    :barcodes::text[], :pores::text[]) AS t (minute, reads, bases, pass_reads, pass_bases, barcodes, pores)
ON CONFLICT (live_id, minute) DO NOTHING;

-- name: advance
-- The last minute of an acquisition.
UPDATE live_acquisition SET minute = :minute, data_at = :at, reads = :reads, bases = :bases, pass_reads = :pass_reads,
    pass_bases = :pass_bases
WHERE id = :live_id;

-- name: set_told
-- What pages were told last.
UPDATE live_acquisition SET told_at = :at, told_minute = :minute WHERE id = :live_id;

-- name: gone_quiet
-- Acquisitions that go on and of which nothing new has come for a while, where pages were not told of that yet.
SELECT l.run_id FROM live_acquisition l WHERE l.ended_at IS NULL AND l.data_at < :quiet_at
    AND (l.told_at IS NULL OR l.told_at < l.data_at + make_interval(secs => :quiet_s)) ORDER BY l.data_at LIMIT 100;

-- name: going_on
-- Acquisitions of a computer that have not ended.
SELECT l.run_id FROM live_acquisition l WHERE l.host_id = :host_id AND l.ended_at IS NULL ORDER BY l.run_id LIMIT 100;

-- name: state_of
-- What pages are told of an acquisition.
SELECT l.id, l.run_id AS acquisition_run_id, l.acquisition_id, a.run_id, r.code AS run_code, a.folder, l.state,
    l.minute, l.reads, l.pass_bases
FROM live_acquisition l JOIN acquisition a ON a.id = l.acquisition_id
    LEFT JOIN sequencing_run r ON r.id = a.run_id
WHERE l.run_id = :run_id;

-- name: drop_old
-- Minutes of acquisitions that got nothing new for a long time; the last numbers of each stay.
DELETE FROM live_tick WHERE id IN (SELECT t.id FROM live_tick t JOIN live_acquisition l ON l.id = t.live_id
    WHERE l.data_at < :before LIMIT 20000)
RETURNING id;

-- list: ticks
-- One page of the minutes of a run.
SELECT t.id, /*sort*/ AS sort_key, json_build_object('id', t.id, 'acquisition_run_id', l.run_id, 'minute', t.minute,
    'reads', t.reads, 'bases', t.bases, 'pass_reads', t.pass_reads, 'pass_bases', t.pass_bases, 'barcodes', t.barcodes,
    'pores', t.pores, 'received_at', t.received_at)::text AS item
FROM live_tick t JOIN live_acquisition l ON l.id = t.live_id JOIN acquisition a ON a.id = l.acquisition_id
WHERE a.run_id = :run_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: after_minute integer   t.minute > :after_minute
-- sort: minute integer t.minute
