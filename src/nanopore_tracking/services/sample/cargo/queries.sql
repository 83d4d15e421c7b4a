-- name: pool_kits
-- The kits that the libraries of a pool were prepared with.
SELECT DISTINCT l.kit FROM pool_component c JOIN library l ON l.id = c.library_id
WHERE c.pool_id = :pool_id ORDER BY l.kit LIMIT 20;

-- name: library_tags
-- The barcodes of a library with the samples that they stand for.
SELECT b.kit, b.barcode, b.sequence_key AS key, b.alias, b.sample_id, s.code AS sample_code, s.kind
FROM barcode_assignment b JOIN sample s ON s.id = b.sample_id
WHERE b.library_id = :library_id
ORDER BY b.kit, b.number LIMIT 400;

-- name: used_on_cell
-- Every barcode that was on a flow cell, of each sample the last load, and whether it was washed since.
SELECT DISTINCT ON (b.sequence_key, b.sample_id) b.sequence_key AS key, b.barcode, b.kit, b.alias, b.sample_id,
    s.code AS sample_code, l.loaded, l.ordinal AS load,
    EXISTS (SELECT FROM flow_cell_load w WHERE w.flow_cell_id = b.flow_cell_id AND w.kind = 'wash'
        AND w.ordinal > l.ordinal) AS washed
FROM flow_cell_barcode b JOIN flow_cell_load l ON l.id = b.load_id JOIN sample s ON s.id = b.sample_id
WHERE b.flow_cell_id = :cell_id
ORDER BY b.sequence_key, b.sample_id, l.ordinal DESC LIMIT 2000;
