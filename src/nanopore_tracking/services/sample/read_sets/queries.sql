-- name: keep_basecall
-- A basecalling that was read, the first time or again.
INSERT INTO basecall (id, acquisition_id, model, min_q, summary, reads, bases, created_at, updated_at)
VALUES (:id, :acquisition_id, :model, :min_q, :summary, :reads, :bases, :at, :at)
ON CONFLICT (acquisition_id, model, (coalesce(min_q, -1)), summary)
DO UPDATE SET reads = excluded.reads, bases = excluded.bases, updated_at = excluded.updated_at
RETURNING id;

-- name: drop_read_sets
-- What was known of the reads of a basecalling before it was read again.
DELETE FROM read_set WHERE basecall_id = :basecall_id;

-- name: drop_of_acquisition
-- What was known of the reads of an acquisition before another run was said to be it.
DELETE FROM read_set s USING basecall b WHERE b.id = s.basecall_id AND b.acquisition_id = :acquisition_id;

-- name: insert_read_set
-- The reads of one barcode.
INSERT INTO read_set (id, basecall_id, run_id, kind, barcode, alias, sample_id, load_id, reads, bases, pass_reads,
    pass_bases, n50_bases, mean_q, median_q)
VALUES (:id, :basecall_id, :run_id, :kind, :barcode, :alias, :sample_id, :load_id, :reads, :bases, :pass_reads,
    :pass_bases, :n50_bases, :mean_q, :median_q);

-- name: loads_of_run
-- The loads of a run that bring something on its flow cell.
SELECT l.id FROM flow_cell_load l WHERE l.run_id = :run_id AND l.kind IN ('load', 'reload') ORDER BY l.ordinal LIMIT 2;

-- list: basecalls
-- One page of basecallings of acquisitions.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'acquisition_id', b.acquisition_id, 'model', b.model,
    'min_q', b.min_q, 'summary', b.summary, 'reads', b.reads, 'bases', b.bases,
    'counts', NOT EXISTS (SELECT FROM basecall o WHERE o.acquisition_id = b.acquisition_id
        AND (o.updated_at, o.id) > (b.updated_at, b.id)),
    'created_at', b.created_at, 'updated_at', b.updated_at)::text AS item
FROM basecall b
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: acquisition_id uuid   b.acquisition_id = :acquisition_id
-- sort: created timestamptz b.created_at

-- list: read_sets
-- One page of the reads of barcodes; share: of the bases of their basecalling.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'run', r.code, 'acquisition_id', b.acquisition_id,
    'model', b.model, 'counts', NOT EXISTS (SELECT FROM basecall o WHERE o.acquisition_id = b.acquisition_id
        AND (o.updated_at, o.id) > (b.updated_at, b.id)),
    'kind', s.kind, 'barcode', s.barcode, 'alias', s.alias, 'sample', m.code, 'sample_kind', coalesce(m.kind, ''),
    'load', (SELECT l.ordinal FROM flow_cell_load l WHERE l.id = s.load_id), 'reads', s.reads, 'bases', s.bases,
    'pass_reads', s.pass_reads, 'pass_bases', s.pass_bases, 'n50_bases', s.n50_bases, 'mean_q', s.mean_q,
    'median_q', s.median_q, 'share', CASE WHEN b.bases > 0 THEN s.bases::float8 / b.bases END)::text AS item
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN sequencing_run r ON r.id = s.run_id
    LEFT JOIN sample m ON m.id = s.sample_id
WHERE (:scope::uuid[] IS NULL OR m.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: run_id uuid   s.run_id = :run_id
-- filter: sample_id uuid   s.sample_id = :sample_id
-- filter: acquisition_id uuid   b.acquisition_id = :acquisition_id
-- filter: kind text[]   s.kind = ANY(:kind)
-- sort: barcode text s.barcode
