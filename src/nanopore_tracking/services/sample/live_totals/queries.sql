-- name: keep_barcodes
-- What the barcodes of an acquisition have now.
INSERT INTO live_barcode (id, live_id, barcode, alias, kind, sample_id, reads, bases, pass_reads, pass_bases)
SELECT gen_random_uuid(), :live_id, b.barcode, b.alias, b.kind, b.sample_id, b.reads, b.bases, b.pass_reads,
    b.pass_bases
FROM unnest(:barcodes::text[], :aliases::text[], :kinds::text[], :samples::uuid[], :reads::bigint[], :bases::bigint[],
    :pass_reads::bigint[], :pass_bases::bigint[])
    AS b (barcode, alias, kind, sample_id, reads, bases, pass_reads, pass_bases)
ON CONFLICT (live_id, barcode, alias) DO UPDATE SET kind = excluded.kind, sample_id = excluded.sample_id,
    reads = excluded.reads, bases = excluded.bases, pass_reads = excluded.pass_reads, pass_bases = excluded.pass_bases;

-- name: barcodes_of_acquisition
-- The barcodes of a protocol run, of each of its acquisitions.
SELECT b.id, b.live_id, b.barcode, b.alias FROM live_barcode b JOIN live_acquisition l ON l.id = b.live_id
WHERE l.acquisition_id = :acquisition_id ORDER BY b.live_id, b.barcode, b.id LIMIT 2000;

-- name: set_whose
-- Whose a barcode is.
UPDATE live_barcode SET kind = :kind, sample_id = :sample_id WHERE id = :id;

-- name: of_samples
-- What live runs give samples: of production runs whose reads no folder has told yet, as those replace them.
SELECT b.sample_id, r.id AS run_id, r.code AS run, coalesce(f.flow_cell_id, '') AS flow_cell,
    sum(b.reads)::bigint AS reads, sum(b.pass_bases)::bigint AS pass_bases
FROM live_barcode b JOIN live_acquisition l ON l.id = b.live_id JOIN acquisition a ON a.id = l.acquisition_id
    JOIN sequencing_run r ON r.id = a.run_id JOIN flow_cell f ON f.id = r.flow_cell_id
WHERE b.sample_id = ANY(:sample_ids) AND r.purpose NOT IN ('qc', 'test') AND b.reads > 0
    AND NOT EXISTS (SELECT FROM read_set s JOIN basecall c ON c.id = s.basecall_id
        JOIN acquisition o ON o.id = c.acquisition_id
        WHERE s.run_id = r.id AND (o.id = a.id OR o.protocol_run_id = '' OR l.run_id = ANY(o.acquisition_run_ids)))
GROUP BY 1, 2, 3, 4 ORDER BY 3 LIMIT 2000;
