-- name: origins
-- Where the reads of the samples of a delivery come from: aliases, barcodes, flow cells and runs.
SELECT x.code,
    ARRAY(SELECT b.alias FROM barcode_assignment b WHERE b.sample_id = x.id) || x.alias AS aliases,
    ARRAY(SELECT DISTINCT b.number FROM barcode_assignment b WHERE b.sample_id = x.id) AS numbers,
    ARRAY(SELECT DISTINCT f.flow_cell_id FROM sequencing_run r JOIN flow_cell f ON f.id = r.flow_cell_id
        WHERE r.id = ANY(runs.ids) AND f.flow_cell_id IS NOT NULL) AS flow_cells,
    ARRAY(SELECT lower(r.protocol_run_id) FROM sequencing_run r
        WHERE r.id = ANY(runs.ids) AND r.protocol_run_id <> ''
        UNION SELECT lower(a.protocol_run_id) FROM acquisition a
        WHERE a.run_id = ANY(runs.ids) AND a.protocol_run_id <> ''
        UNION SELECT lower(unnest(a.acquisition_run_ids)) FROM acquisition a
        WHERE a.run_id = ANY(runs.ids)) AS run_ids
FROM delivery_item i JOIN sample x ON x.id = i.sample_id CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT r.id FROM sequencing_run r WHERE r.library_id IN (SELECT o.library_id FROM library_source o
            WHERE o.sample_id = x.id)
        UNION SELECT r.id FROM sequencing_run r WHERE r.pool_id IN (SELECT c.pool_id FROM pool_component c
            JOIN library_source o ON o.library_id = c.library_id WHERE o.sample_id = x.id)) AS ids) runs
WHERE i.delivery_id = :delivery_id ORDER BY x.code;
