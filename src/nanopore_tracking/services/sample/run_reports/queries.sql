-- name: sources
-- What was read of a run and all figures of it, of the acquisitions with the most bases first.
SELECT a.id, a.acquisition_run_id, a.state, a.sentence, a.problems, d.reading
FROM acquisition a JOIN acquisition_detail d ON d.acquisition_id = a.id
WHERE a.run_id = :run_id ORDER BY a.bases DESC NULLS LAST, a.id LIMIT 5;

-- name: figure_source
-- All figures that were read last of an acquisition.
SELECT d.reading FROM acquisition_detail d WHERE d.acquisition_id = :acquisition_id;

-- name: sets
-- The reads of each barcode of a run within the labs in scope, of every basecalling of it; those that count first.
SELECT b.id AS basecall_id, b.model, b.min_q, b.summary, s.kind, s.barcode, s.alias, m.code AS sample, s.reads, s.bases,
    s.pass_reads, s.pass_bases, s.n50_bases, s.mean_q, s.median_q,
    NOT EXISTS (SELECT FROM basecall o WHERE o.acquisition_id = b.acquisition_id
        AND (o.updated_at, o.id) > (b.updated_at, b.id)) AS counts
FROM read_set s JOIN basecall b ON b.id = s.basecall_id LEFT JOIN sample m ON m.id = s.sample_id
WHERE s.run_id = :run_id AND (:scope::uuid[] IS NULL OR m.lab_id = ANY(:scope))
ORDER BY counts DESC, b.updated_at DESC, b.id, s.barcode, s.id LIMIT 2000;
