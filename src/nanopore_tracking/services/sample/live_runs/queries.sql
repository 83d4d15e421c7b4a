-- name: of_run
-- The acquisitions of a run that were told, in the order in which they began; counts: no folder has told its reads yet.
SELECT l.id, l.acquisition_id, l.run_id AS acquisition_run_id, a.protocol_run_id, l.phase, l.model, l.state,
    l.started_at, l.ended_at, l.minute, l.data_at, l.reads, l.bases, l.pass_reads, l.pass_bases, l.n50_bases,
    l.scans::text AS scans, l.lengths::text AS lengths,
    l.qualities::text AS qualities, l.created_at, h.host, h.core_version, h.reached, h.reached_at, h.heard_at,
    coalesce(nullif(h.sentence, ''), p.sentence, '') AS trouble, a.position, coalesce(p.state, '') AS position_state,
    NOT EXISTS (SELECT FROM read_set s JOIN basecall c ON c.id = s.basecall_id
        JOIN acquisition o ON o.id = c.acquisition_id WHERE s.run_id = a.run_id
            AND (o.id = a.id OR o.protocol_run_id = '' OR l.run_id = ANY(o.acquisition_run_ids))) AS counts
FROM live_acquisition l JOIN acquisition a ON a.id = l.acquisition_id JOIN live_host h ON h.id = l.host_id
    LEFT JOIN live_position p ON p.host_id = h.id AND p.acquisition_id = a.id
WHERE a.run_id = :run_id ORDER BY coalesce(l.started_at, l.created_at), l.created_at, l.id LIMIT 50;

-- name: points
-- The curve of an acquisition: of every :step minutes the last, with the mean of what its channels did; a state
-- that is not named took no time.
SELECT max(t.minute) AS minute, max(t.bases) AS bases, max(t.pass_bases) AS pass_bases,
    avg(coalesce((t.pores->>'strand')::float8, 0)) FILTER (WHERE t.pores::text <> '{}') AS strand,
    avg(coalesce((t.pores->>'adapter')::float8, 0)) FILTER (WHERE t.pores::text <> '{}') AS adapter,
    avg(coalesce((t.pores->>'pore')::float8, 0)) FILTER (WHERE t.pores::text <> '{}') AS pore
FROM live_tick t WHERE t.live_id = :live_id GROUP BY (t.minute + :step - 1) / :step ORDER BY 1 LIMIT 5000;

-- name: gaps
-- Where the minutes of an acquisition break off and go on.
SELECT g.before, g.minute FROM (SELECT t.minute, lag(t.minute) OVER (ORDER BY t.minute) AS before
    FROM live_tick t WHERE t.live_id = :live_id) g
WHERE g.minute - g.before > :longest ORDER BY g.minute LIMIT 100;

-- name: barcodes
-- What the barcodes of some acquisitions have together.
SELECT b.barcode, b.alias, b.kind, m.code AS sample, coalesce(m.kind, '') AS sample_kind, b.sample_id,
    sum(b.reads)::bigint AS reads, sum(b.pass_bases)::bigint AS pass_bases
FROM live_barcode b LEFT JOIN sample m ON m.id = b.sample_id
WHERE b.live_id = ANY(:live_ids) GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3 LIMIT 500;

-- name: targets
-- What was asked for of samples.
SELECT s.id, coalesce(u.target, '') AS target, coalesce(u.genome_size, '') AS genome_size
FROM sample s LEFT JOIN submission u ON u.id = s.submission_id WHERE s.id = ANY(:sample_ids);

-- name: given_elsewhere
-- What folders have given samples, save those of the acquisitions themselves.
SELECT s.sample_id, array_agg(DISTINCT r.code) AS runs, sum(s.reads)::bigint AS reads,
    coalesce(sum(s.pass_bases), 0)::bigint AS pass_bases
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN sequencing_run r ON r.id = s.run_id
WHERE s.sample_id = ANY(:sample_ids) AND b.acquisition_id <> ALL(:acquisition_ids) AND r.purpose NOT IN ('qc', 'test')
    AND NOT EXISTS (SELECT FROM basecall o
        WHERE o.acquisition_id = b.acquisition_id AND (o.updated_at, o.id) > (b.updated_at, b.id))
GROUP BY 1;

-- name: loaded_at
-- When a run was loaded again.
SELECT max(w.loaded_at) FROM flow_cell_load w WHERE w.run_id = :run_id AND w.kind = 'reload';
