-- name: told_last
-- What MinKNOW said last of a run: of the acquisition that began last. Of a run that was cancelled, one that has its
-- names counts too, as no rule matches it.
SELECT l.run_id AS acquisition_run_id, a.protocol_run_id, h.agent, h.host, h.core_version, l.state, l.phase,
    l.stop_reason, l.started_at, l.ended_at, l.followed, h.heard_at
FROM sequencing_run r JOIN acquisition a ON a.run_id = r.id OR (r.state = 'cancelled' AND a.standing = 'unmatched'
        AND lower(a.experiment_id) = lower(r.experiment_id) AND lower(a.sample_id) = lower(r.sample_id))
    JOIN live_acquisition l ON l.acquisition_id = a.id JOIN live_host h ON h.id = l.host_id
WHERE r.id = :run_id
ORDER BY coalesce(l.started_at, l.created_at) DESC, l.created_at DESC, l.id DESC LIMIT 1;

-- name: set_followed
-- What of an acquisition the run has followed last.
UPDATE live_acquisition SET followed = :followed WHERE run_id = :acquisition_run_id;

-- name: named_so
-- The run that MinKNOW's id of a protocol run is already known of.
SELECT r.code FROM sequencing_run r WHERE r.protocol_run_id = :protocol_run_id AND r.id <> :run_id;
