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
    pass_bases, n50_bases, mean_q, median_q, pass_n50_bases, pass_mean_q)
VALUES (:id, :basecall_id, :run_id, :kind, :barcode, :alias, :sample_id, :load_id, :reads, :bases, :pass_reads,
    :pass_bases, :n50_bases, :mean_q, :median_q, :pass_n50_bases, :pass_mean_q);

-- name: basecalls_of_samples
-- For each of some samples the basecalling of it that was read last, of runs that are whole and not for QC or tests.
SELECT DISTINCT ON (s.sample_id) s.sample_id, b.id, b.model, b.min_q, b.summary, b.reads, a.folder
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN acquisition a ON a.id = b.acquisition_id
    JOIN sequencing_run r ON r.id = s.run_id
WHERE s.sample_id = ANY(:sample_ids::uuid[]) AND a.state = 'complete' AND r.purpose NOT IN ('qc', 'test')
ORDER BY s.sample_id, b.updated_at DESC, b.id DESC;

-- name: sets_of_basecalls
-- The reads of some basecallings that are of a sample or of no barcode.
SELECT s.basecall_id, s.kind, s.barcode, s.sample_id, s.reads, s.pass_bases, s.pass_n50_bases, s.pass_mean_q
FROM read_set s WHERE s.basecall_id = ANY(:basecall_ids::uuid[]) AND s.kind IN ('expected', 'unclassified')
ORDER BY s.barcode, s.id LIMIT 20000;

-- name: loads_of_run
-- The loads of a run that bring something on its flow cell.
SELECT l.id FROM flow_cell_load l WHERE l.run_id = :run_id AND l.kind IN ('load', 'reload') ORDER BY l.ordinal LIMIT 2;

-- name: names_of
-- Which models people named of the summaries of an acquisition.
SELECT n.summary, n.model, n.min_q FROM basecall_name n WHERE n.acquisition_id = :acquisition_id;

-- name: lock_basecall
-- A basecalling that is about to be named, locked.
SELECT b.id, b.acquisition_id, b.model, b.min_q, b.summary FROM basecall b WHERE b.id = :basecall_id FOR NO KEY UPDATE;

-- name: is_named
-- Whether a person has named the model of a summary.
SELECT EXISTS (SELECT FROM basecall_name n WHERE n.acquisition_id = :acquisition_id AND n.summary = :summary);

-- name: taken
-- Another basecalling of the same summary with the same model and limit.
SELECT o.id FROM basecall o WHERE o.acquisition_id = :acquisition_id AND o.summary = :summary AND o.model = :model
    AND o.min_q IS NOT DISTINCT FROM :min_q::float8 AND o.id <> :basecall_id;

-- name: keep_name
-- Which model a summary was called with, as a person says.
INSERT INTO basecall_name (id, acquisition_id, summary, model, min_q, reason, named_by, named_at)
VALUES (:id, :acquisition_id, :summary, :model, :min_q, :reason, :by, :at)
ON CONFLICT (acquisition_id, summary) DO UPDATE SET model = excluded.model, min_q = excluded.min_q,
    reason = excluded.reason, named_by = excluded.named_by, named_at = excluded.named_at;

-- name: set_model
-- The model and the limit of a basecalling.
UPDATE basecall SET model = :model, min_q = :min_q WHERE id = :basecall_id;

-- name: whose
-- The run that a basecalling is of, the samples that it has reads of, and how its folder stands.
SELECT s.run_id, a.state, array_agg(DISTINCT s.sample_id) FILTER (WHERE s.sample_id IS NOT NULL) AS sample_ids
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN acquisition a ON a.id = b.acquisition_id
WHERE b.id = :basecall_id GROUP BY 1, 2;

-- list: basecalls
-- One page of basecallings of acquisitions.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'acquisition_id', b.acquisition_id, 'model', b.model,
    'min_q', b.min_q, 'summary', b.summary, 'reads', b.reads, 'bases', b.bases,
    'counts', NOT EXISTS (SELECT FROM basecall o WHERE o.acquisition_id = b.acquisition_id
        AND (o.updated_at, o.id) > (b.updated_at, b.id)),
    'created_at', b.created_at, 'updated_at', b.updated_at,
    'named_by', coalesce(n.named_by, ''), 'named_because', coalesce(n.reason, ''))::text AS item
FROM basecall b LEFT JOIN basecall_name n ON n.acquisition_id = b.acquisition_id AND n.summary = b.summary
    AND n.model = b.model
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   b.id = :id
-- filter: acquisition_id uuid   b.acquisition_id = :acquisition_id
-- sort: created timestamptz b.created_at

-- list: read_sets
-- One page of the reads of barcodes; share: of the bases of their basecalling.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'run', r.code, 'acquisition_id', b.acquisition_id,
    'basecall_id', b.id, 'model', b.model, 'min_q', b.min_q, 'summary', b.summary,
    'named', EXISTS (SELECT FROM basecall_name n WHERE n.acquisition_id = b.acquisition_id AND n.summary = b.summary
        AND n.model = b.model),
    'counts', NOT EXISTS (SELECT FROM basecall o WHERE o.acquisition_id = b.acquisition_id
        AND (o.updated_at, o.id) > (b.updated_at, b.id)),
    'kind', s.kind, 'barcode', s.barcode, 'alias', s.alias, 'sample', m.code, 'sample_kind', coalesce(m.kind, ''),
    'load', (SELECT l.ordinal FROM flow_cell_load l WHERE l.id = s.load_id), 'reads', s.reads, 'bases', s.bases,
    'pass_reads', s.pass_reads, 'pass_bases', s.pass_bases, 'n50_bases', s.n50_bases, 'mean_q', s.mean_q,
    'median_q', s.median_q, 'pass_n50_bases', s.pass_n50_bases, 'pass_mean_q', s.pass_mean_q, 'share', CASE WHEN b.bases > 0 THEN s.bases::float8 / b.bases END)::text AS item
FROM read_set s JOIN basecall b ON b.id = s.basecall_id JOIN sequencing_run r ON r.id = s.run_id
    LEFT JOIN sample m ON m.id = s.sample_id
WHERE (:scope::uuid[] IS NULL OR m.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: run_id uuid   s.run_id = :run_id
-- filter: sample_id uuid   s.sample_id = :sample_id
-- filter: acquisition_id uuid   b.acquisition_id = :acquisition_id
-- filter: kind text[]   s.kind = ANY(:kind)
-- sort: barcode text s.barcode
