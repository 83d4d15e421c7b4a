-- name: target
-- What was asked for of a sample.
SELECT s.code, coalesce(u.target, '') AS target, coalesce(u.genome_size, '') AS genome_size
FROM sample s LEFT JOIN submission u ON u.id = s.submission_id WHERE s.id = :sample_id;

-- name: given
-- What the runs of a sample have given; of each acquisition the basecalling that was read last.
SELECT coalesce(array_agg(DISTINCT r.code), '{}') AS runs,
    coalesce(array_agg(DISTINCT f.flow_cell_id) FILTER (WHERE f.flow_cell_id IS NOT NULL), '{}') AS flow_cells,
    coalesce(sum(s.reads), 0)::bigint AS reads, coalesce(sum(s.pass_bases), 0)::bigint AS pass_bases,
    coalesce(sum(s.bases) FILTER (WHERE s.pass_bases IS NULL), 0)::bigint AS unjudged_bases
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN sequencing_run r ON r.id = s.run_id
    JOIN flow_cell f ON f.id = r.flow_cell_id
WHERE s.sample_id = :sample_id AND r.purpose NOT IN ('qc', 'test') AND NOT EXISTS (SELECT FROM basecall o
    WHERE o.acquisition_id = b.acquisition_id AND (o.updated_at, o.id) > (b.updated_at, b.id));

-- name: tiers
-- The same by model and limit of the basecallings.
SELECT b.model, b.min_q, array_agg(DISTINCT r.code ORDER BY r.code) AS runs, sum(s.reads)::bigint AS reads,
    sum(s.bases)::bigint AS bases, coalesce(sum(s.pass_bases), 0)::bigint AS pass_bases
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN sequencing_run r ON r.id = s.run_id
WHERE s.sample_id = :sample_id AND r.purpose NOT IN ('qc', 'test') AND NOT EXISTS (SELECT FROM basecall o
    WHERE o.acquisition_id = b.acquisition_id AND (o.updated_at, o.id) > (b.updated_at, b.id))
GROUP BY b.model, b.min_q ORDER BY b.model, b.min_q LIMIT 100;

-- name: without_model
-- Of how many basecallings of a run that count the model is not known.
SELECT count(DISTINCT b.id) FROM read_set s JOIN basecall b ON b.id = s.basecall_id
WHERE s.run_id = :run_id AND b.model = '' AND NOT EXISTS (SELECT FROM basecall o
    WHERE o.acquisition_id = b.acquisition_id AND (o.updated_at, o.id) > (b.updated_at, b.id));

-- name: barcodes
-- The reads of each barcode of a run; of each acquisition the basecalling that was read last.
SELECT s.barcode, s.kind, coalesce(m.code, '') AS sample, coalesce(m.kind, '') AS sample_kind,
    sum(s.reads)::bigint AS reads
FROM read_set s JOIN basecall b ON b.id = s.basecall_id LEFT JOIN sample m ON m.id = s.sample_id
WHERE s.run_id = :run_id AND NOT EXISTS (SELECT FROM basecall o
    WHERE o.acquisition_id = b.acquisition_id AND (o.updated_at, o.id) > (b.updated_at, b.id))
GROUP BY 1, 2, 3, 4 ORDER BY 1, 3 LIMIT 1000;
