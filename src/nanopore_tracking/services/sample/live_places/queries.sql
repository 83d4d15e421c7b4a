-- name: lock_host
-- A computer with MinKNOW as it was told last, locked.
SELECT h.id, h.core_version, h.reached, h.sentence FROM live_host h
WHERE h.agent = :agent AND h.host = :host FOR NO KEY UPDATE;

-- name: keep_host
-- How a computer with MinKNOW stands now.
INSERT INTO live_host (id, agent, host, agent_version, core_version, reached, sentence, reached_at, heard_at)
VALUES (:id, :agent, :host, :agent_version, :core_version, :reached, :sentence,
    CASE WHEN :reached THEN :at::timestamptz END, :at)
ON CONFLICT (agent, host) DO UPDATE SET agent_version = excluded.agent_version,
    core_version = coalesce(nullif(excluded.core_version, ''), live_host.core_version), reached = excluded.reached,
    sentence = excluded.sentence, reached_at = coalesce(excluded.reached_at, live_host.reached_at),
    heard_at = excluded.heard_at
RETURNING id;

-- name: states_of
-- How the positions of a computer stood.
SELECT p.name, p.state FROM live_position p WHERE p.host_id = :host_id ORDER BY p.name LIMIT 200;

-- name: keep_position
-- How a position stands now; it is the facility's where its name is one position's alone.
INSERT INTO live_position (id, host_id, name, state, sentence, flow_cell_id, product_code, position_id, acquisition_id,
    heard_at)
VALUES (:id, :host_id, :name, :state, :sentence, :flow_cell_id, :product_code,
    (SELECT CASE WHEN count(*) = 1 THEN min(n.id::text)::uuid END FROM instrument_position n
        WHERE lower(n.name) = lower(:name)),
    :acquisition_id, :at)
ON CONFLICT (host_id, name) DO UPDATE SET state = excluded.state, sentence = excluded.sentence,
    flow_cell_id = excluded.flow_cell_id, product_code = excluded.product_code, position_id = excluded.position_id,
    acquisition_id = coalesce(excluded.acquisition_id, live_position.acquisition_id), heard_at = excluded.heard_at;

-- list: positions
-- One page of positions with the run that was told last on each; quiet_at: what was heard before is too long ago.
SELECT p.id, /*sort*/ AS sort_key, json_build_object('id', p.id, 'name', p.name, 'instrument', (SELECT i.name
        FROM instrument_position n JOIN instrument i ON i.id = n.instrument_id WHERE n.id = p.position_id),
    'agent', h.agent, 'host', h.host, 'core_version', h.core_version, 'state', p.state,
    'live', CASE WHEN h.heard_at < :quiet_at THEN 'silent'
        WHEN NOT h.reached OR p.state = 'unreachable' THEN 'unreachable' WHEN l.id IS NULL THEN 'none'
        WHEN l.ended_at IS NOT NULL THEN 'ended'
        WHEN coalesce(l.data_at, l.created_at) < :quiet_at THEN 'no_data' ELSE 'running' END,
    'sentence', coalesce(nullif(p.sentence, ''), h.sentence),
    'since', CASE WHEN h.heard_at < :quiet_at THEN h.heard_at WHEN NOT h.reached THEN h.reached_at
        WHEN p.state = 'unreachable' THEN l.data_at WHEN l.ended_at IS NOT NULL THEN l.ended_at
        WHEN coalesce(l.data_at, l.created_at) < :quiet_at THEN coalesce(l.data_at, l.created_at) END,
    'flow_cell_id', p.flow_cell_id, 'product_code', p.product_code, 'run', r.code, 'acquisition_id', p.acquisition_id,
    'standing', a.standing, 'minute', l.minute, 'run_minutes', r.run_minutes,
    'pass_bases', CASE WHEN l.minute IS NULL THEN NULL WHEN a.run_id IS NULL THEN l.pass_bases
        ELSE (SELECT sum(o.pass_bases)::bigint FROM live_acquisition o JOIN acquisition b ON b.id = o.acquisition_id
            WHERE b.run_id = a.run_id) END,
    'starts', (SELECT count(*) FROM live_acquisition o JOIN acquisition b ON b.id = o.acquisition_id
        WHERE b.run_id = a.run_id), 'data_at', l.data_at,
    'heard_at', h.heard_at)::text AS item
FROM live_position p JOIN live_host h ON h.id = p.host_id LEFT JOIN acquisition a ON a.id = p.acquisition_id
    LEFT JOIN sequencing_run r ON r.id = a.run_id
    LEFT JOIN LATERAL (SELECT o.id, o.ended_at, o.data_at, o.created_at, o.minute, o.pass_bases FROM live_acquisition o
        WHERE o.acquisition_id = p.acquisition_id ORDER BY o.created_at DESC, o.id DESC LIMIT 1) l ON true
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: host text   h.host = :host
-- sort: name text p.name
