-- name: samples_of_run
-- The samples of a submission whose reads a run has, what was asked for of each, and whether another run is to come.
SELECT s.id, s.name, s.submission_id, coalesce(u.target, '') AS target, coalesce(u.genome_size, '') AS genome_size,
    EXISTS (SELECT FROM runs_of_sample(s.id) o WHERE o.id <> :run_id AND o.ended_at IS NULL AND o.state <> 'cancelled'
        AND NOT EXISTS (SELECT FROM acquisition a WHERE a.run_id = o.id AND a.state = 'complete')) AS awaits_run
FROM sample s JOIN submission u ON u.id = s.submission_id
WHERE s.id IN (SELECT t.sample_id FROM read_set t WHERE t.run_id = :run_id) AND s.stage <> 'delivered'
    AND s.status IN ('queued', 'active')
ORDER BY s.code LIMIT 1000;
