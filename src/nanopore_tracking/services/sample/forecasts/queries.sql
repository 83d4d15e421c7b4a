-- name: of_run
-- The longest course of a run, and the minutes of it at which something was loaded or washed on its flow cell.
SELECT r.code, f.product_code, t.ended, t.minutes, t.bases, ARRAY(
    SELECT (extract(epoch FROM l.loaded_at - coalesce(a.started_at, r.started_at)) / 60)::float8
    FROM flow_cell_load l WHERE l.flow_cell_id = r.flow_cell_id AND l.kind IN ('load', 'reload', 'wash')
        AND l.loaded_at > coalesce(a.started_at, r.started_at) ORDER BY l.loaded_at) AS reloads
FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id
    LEFT JOIN (acquisition a JOIN acquisition_trace t ON t.acquisition_id = a.id) ON a.run_id = r.id
WHERE r.id = :run_id
ORDER BY cardinality(t.minutes) DESC NULLS LAST, a.id LIMIT 1;

-- name: finished
-- The courses of the latest finished runs on a type of flow cell, with the minutes at which something was loaded.
SELECT t.minutes, t.bases, ARRAY(
    SELECT (extract(epoch FROM l.loaded_at - coalesce(a.started_at, r.started_at)) / 60)::float8
    FROM flow_cell_load l WHERE l.flow_cell_id = r.flow_cell_id AND l.kind IN ('load', 'reload', 'wash')
        AND l.loaded_at > coalesce(a.started_at, r.started_at) ORDER BY l.loaded_at) AS reloads
FROM acquisition_trace t JOIN acquisition a ON a.id = t.acquisition_id JOIN sequencing_run r ON r.id = a.run_id
    JOIN flow_cell f ON f.id = r.flow_cell_id
WHERE t.ended AND f.product_code = :product_code AND r.purpose NOT IN ('qc', 'test')
ORDER BY a.updated_at DESC, a.id DESC LIMIT :most;

-- name: outdated
-- Types of flow cells with finished runs that no backtest has seen as they are now.
SELECT n.product_code, n.fingerprint
FROM (SELECT f.product_code, md5(string_agg(t.content_hash || f.id, ',' ORDER BY a.id) || count(*)) AS fingerprint
    FROM acquisition_trace t JOIN acquisition a ON a.id = t.acquisition_id JOIN sequencing_run r ON r.id = a.run_id
        JOIN flow_cell f ON f.id = r.flow_cell_id
    WHERE t.ended AND r.purpose NOT IN ('qc', 'test')
    GROUP BY f.product_code) n LEFT JOIN yield_backtest b ON b.product_code = n.product_code
WHERE b.fingerprint IS DISTINCT FROM n.fingerprint
ORDER BY n.product_code;

-- name: keep_backtest
-- How forecasts did on a type of flow cell.
INSERT INTO yield_backtest (product_code, fingerprint, run_count, finished, median_bases, found, made_at)
VALUES (:product_code, :fingerprint, :run_count, :finished, :median_bases, :found::jsonb, :at)
ON CONFLICT (product_code) DO UPDATE SET fingerprint = excluded.fingerprint, run_count = excluded.run_count,
    finished = excluded.finished, median_bases = excluded.median_bases, found = excluded.found,
    made_at = excluded.made_at;

-- name: read_backtest
-- How forecasts did on a type of flow cell, the last time that it was looked at.
SELECT b.found::text AS found, b.made_at FROM yield_backtest b WHERE b.product_code = :product_code;
