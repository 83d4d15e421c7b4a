-- Batches at the bench are of samples or of libraries; libraries are measured, nothing else.

ALTER TABLE bench_batch ADD COLUMN thing text NOT NULL DEFAULT 'sample' CHECK (thing IN ('sample', 'library'));
ALTER TABLE bench_batch ADD CONSTRAINT bench_batch_receives_samples CHECK (thing = 'sample' OR task = 'measure');

ALTER TABLE bench_position ALTER COLUMN sample_id DROP NOT NULL;
ALTER TABLE bench_position ADD COLUMN library_id uuid REFERENCES library;
ALTER TABLE bench_position ADD CONSTRAINT bench_position_of_one CHECK (num_nonnulls(sample_id, library_id) = 1);
ALTER TABLE bench_position ADD CONSTRAINT bench_library_once UNIQUE (batch_id, library_id);
CREATE INDEX bench_position_library ON bench_position (library_id);

-- What was measured last of a sample or of a library since a time; NULL where nothing that counts was.
CREATE FUNCTION bench_measured(of_sample uuid, of_library text, what text, since timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_build_object('value', m.value, 'done_by', m.operator, 'done_at', m.measured_at)
    FROM (SELECT a.* FROM measurement a WHERE a.sample_id = of_sample AND a.subject = 'sample'
        UNION ALL SELECT b.* FROM measurement b WHERE b.subject_code = of_library AND b.subject = 'library') m
    WHERE m.quantity = what AND m.recorded_at >= since
        AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
        AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
    ORDER BY m.recorded_at DESC LIMIT 1
$$;

-- As before, and of libraries too. lab_id: whose it is; code: of the sample or the library.
CREATE OR REPLACE VIEW bench_place AS
SELECT p.batch_id, p.row_number, p.column_number, p.sample_id,
    CASE b.task WHEN 'receive' THEN EXISTS (SELECT FROM custody_event e
        WHERE e.sample_id = p.sample_id AND e.kind = 'received')
    ELSE bench_measured(p.sample_id, l.code, b.quantity, b.created_at) IS NOT NULL END AS done,
    CASE b.task WHEN 'receive' THEN (SELECT json_build_object('value', NULL, 'done_by', e.person, 'done_at', e.happened_at)
        FROM custody_event e WHERE e.sample_id = p.sample_id AND e.kind = 'received' ORDER BY e.recorded_at DESC LIMIT 1)
    ELSE bench_measured(p.sample_id, l.code, b.quantity, b.created_at) END AS said,
    p.library_id, coalesce(s.lab_id, l.lab_id) AS lab_id, coalesce(s.code, l.code) AS code
FROM bench_position p JOIN bench_batch b ON b.id = p.batch_id
    LEFT JOIN sample s ON s.id = p.sample_id LEFT JOIN library l ON l.id = p.library_id;
