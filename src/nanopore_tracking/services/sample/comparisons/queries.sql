-- name: of_run
-- The figures of the longest course of a run.
SELECT r.id, r.code, r.kits, f.product_code, t.bases_per_pore_hour / 1e6 AS "yield", t.occupancy * 100 AS occupancy,
    t.speed_bases_per_s AS speed, t.mean_q AS quality
FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id
    LEFT JOIN (acquisition a JOIN acquisition_trace t ON t.acquisition_id = a.id) ON a.run_id = r.id
WHERE r.id = :run_id
ORDER BY cardinality(t.minutes) DESC NULLS LAST, a.id LIMIT 1;

-- name: like_it
-- The figures of the latest other finished runs with the same kits on the same type of flow cell.
SELECT t.bases_per_pore_hour / 1e6 AS "yield", t.occupancy * 100 AS occupancy, t.speed_bases_per_s AS speed,
    t.mean_q AS quality
FROM acquisition_trace t JOIN acquisition a ON a.id = t.acquisition_id JOIN sequencing_run r ON r.id = a.run_id
    JOIN flow_cell f ON f.id = r.flow_cell_id
WHERE t.ended AND r.id <> :run_id AND f.product_code = :product_code AND r.kits @> :kits AND r.kits <@ :kits
    AND r.purpose NOT IN ('qc', 'test')
ORDER BY a.updated_at DESC, a.id DESC LIMIT :most;
