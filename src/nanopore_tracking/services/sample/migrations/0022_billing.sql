-- What is charged comes from the things themselves: libraries, loads, runs, basecalling. Facts up to this moment stay
-- charged as they were, by the stages that samples passed.
CREATE TABLE billing_change (moment timestamptz NOT NULL);
INSERT INTO billing_change SELECT greatest(
    coalesce((SELECT max(changed_at) FROM stage_change), '-infinity'),
    coalesce((SELECT max(changed_at) FROM chain_change), '-infinity'),
    coalesce((SELECT max(recorded_at) FROM stage_record), '-infinity'),
    coalesce((SELECT max(recorded_at) FROM flow_cell_load), '-infinity'),
    coalesce((SELECT max(ended_at) FROM sequencing_run), '-infinity'));

-- How a run ended, whatever became of it then.
ALTER TABLE sequencing_run ADD COLUMN ended_as text CHECK (ended_as IN ('completed', 'stopped_by_user', 'failed',
    'disk_full', 'device_disconnected'));

CREATE FUNCTION project_code_at(project uuid, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT p.charge_code FROM project_charge p WHERE p.project_id = project AND p.set_at <= at
    ORDER BY p.set_at DESC, p.id DESC LIMIT 1
$$;
CREATE FUNCTION samples_of_cargo(of_pool uuid, of_library uuid) RETURNS TABLE (sample_id uuid) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT o.sample_id FROM library_source o WHERE o.library_id = of_library
        OR o.library_id IN (SELECT c.library_id FROM pool_component c WHERE c.pool_id = of_pool)
$$;
CREATE FUNCTION runs_of_sample(of_sample uuid) RETURNS SETOF sequencing_run LANGUAGE sql STABLE AS $$
    SELECT r.* FROM sequencing_run r WHERE r.library_id IN (SELECT o.library_id FROM library_source o
        WHERE o.sample_id = of_sample) OR r.pool_id IN (SELECT c.pool_id FROM pool_component c
        JOIN library_source o ON o.library_id = c.library_id WHERE o.sample_id = of_sample)
$$;
-- Whether a run of a sample was recorded by hand and counted at a moment.
CREATE FUNCTION run_by_hand(of_sample uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM stage_record r WHERE r.sample_id = of_sample AND r.kind = 'run' AND r.recorded_at <= at
        AND coalesce(r.superseded_at, 'infinity') > at)
$$;
-- A run of the facility's own is not charged, nor is one that failed.
CREATE FUNCTION charged_run(r sequencing_run) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(r.ended_as IN ('completed', 'stopped_by_user') AND r.purpose NOT IN ('qc', 'test'), false)
$$;

-- Every fact of a sample that may cost something. source_id: the row that it comes from; part, parts: its share of one
-- price. A stage that was passed stands only for what no other fact tells: what was done before this moment, and a run
-- that was recorded by hand.
CREATE VIEW sample_fact AS
SELECT h.id AS source_id, h.id, h.before_stage || '.passed' AS kind, h.sample_id, h.changed_at AS happened_at,
    0 AS part, 1 AS parts
FROM stage_change h CROSS JOIN billing_change c
WHERE h.direction = 'on' AND h.before_stage = 'library_prep' AND h.changed_at > (SELECT b.begins FROM billing_start b)
    AND (h.changed_at <= c.moment OR (EXISTS (SELECT FROM library_source o WHERE o.sample_id = h.sample_id
            AND o.made_at <= c.moment AND coalesce(o.superseded_at, 'infinity') > h.changed_at)
        AND NOT EXISTS (SELECT FROM library_source o JOIN chain_change m ON m.part_id = o.library_id
            WHERE o.sample_id = h.sample_id AND m.before_state = 'planned' AND m.state = 'prepared'
                AND m.changed_at > c.moment AND m.changed_at <= h.changed_at)))
UNION ALL
SELECT h.id, h.id, h.before_stage || '.passed', h.sample_id, h.changed_at, 0, 1
FROM stage_change h CROSS JOIN billing_change c CROSS JOIN LATERAL (SELECT coalesce(max(p.changed_at), '-infinity')
        AS at FROM stage_change p WHERE p.sample_id = h.sample_id AND p.direction = 'on'
            AND p.before_stage = 'sequencing_run' AND p.changed_at < h.changed_at) before
WHERE h.direction = 'on' AND h.before_stage = 'sequencing_run'
    AND h.changed_at > (SELECT b.begins FROM billing_start b)
    AND (h.changed_at <= c.moment OR ((run_by_hand(h.sample_id, h.changed_at) OR EXISTS (
            SELECT FROM runs_of_sample(h.sample_id) r WHERE r.ended_at <= c.moment AND r.ended_at > before.at))
        AND NOT EXISTS (SELECT FROM runs_of_sample(h.sample_id) r WHERE charged_run(r)
            AND r.ended_at > greatest(before.at, c.moment) AND r.ended_at <= h.changed_at)))
UNION ALL
SELECT m.id, md5(m.part_id || '/' || o.sample_id)::uuid, 'library.made', o.sample_id, m.changed_at, 0, 1
FROM chain_change m CROSS JOIN billing_change c CROSS JOIN LATERAL (SELECT DISTINCT s.sample_id FROM library_source s
    WHERE s.library_id = m.library_id) o
WHERE m.before_state = 'planned' AND m.state = 'prepared' AND m.changed_at > c.moment
    AND NOT EXISTS (SELECT FROM chain_change e WHERE e.part_id = m.part_id AND e.before_state = 'planned'
        AND e.state = 'prepared' AND (e.changed_at, e.id) < (m.changed_at, m.id))
UNION ALL
SELECT l.id, md5(l.id || '/' || o.sample_id)::uuid, 'flow_cell.used', o.sample_id, l.recorded_at, o.part, o.parts
FROM flow_cell_load l LEFT JOIN sequencing_run r ON r.id = l.run_id CROSS JOIN billing_change c
    CROSS JOIN LATERAL (SELECT g.sample_id, (row_number() OVER (ORDER BY g.sample_id) - 1)::integer AS part,
        (count(*) OVER ())::integer AS parts FROM samples_of_cargo(l.pool_id, l.library_id) g) o
WHERE l.kind = 'load' AND l.recorded_at > c.moment AND coalesce(r.purpose, 'production') NOT IN ('qc', 'test')
    AND NOT EXISTS (SELECT FROM flow_cell_load e LEFT JOIN sequencing_run q ON q.id = e.run_id
        WHERE e.flow_cell_id = l.flow_cell_id AND e.kind = 'load' AND e.ordinal < l.ordinal
            AND coalesce(q.purpose, 'production') NOT IN ('qc', 'test'))
UNION ALL
SELECT r.id, md5(r.id || '/' || o.sample_id)::uuid, 'run.completed', o.sample_id, r.ended_at, 0, 1
FROM sequencing_run r CROSS JOIN billing_change c CROSS JOIN LATERAL samples_of_cargo(r.pool_id, r.library_id) o
WHERE charged_run(r) AND r.ended_at > c.moment
    AND NOT EXISTS (SELECT FROM stage_change h WHERE h.sample_id = o.sample_id AND h.direction = 'on'
        AND h.before_stage = 'sequencing_run' AND h.changed_at > r.created_at AND h.changed_at < r.ended_at
        AND (h.changed_at <= c.moment OR run_by_hand(h.sample_id, h.changed_at)))
UNION ALL
SELECT b.id, md5(b.sample_id || '/' || (b.details->>'model'))::uuid, 'basecalling.sup', b.sample_id, b.recorded_at, 0, 1
FROM stage_record b CROSS JOIN billing_change c
WHERE b.kind = 'basecalling' AND b.recorded_at > c.moment AND b.details->>'model' ~ '(^|_)sup(@|_|$)'
    AND NOT EXISTS (SELECT FROM stage_record e WHERE e.sample_id = b.sample_id AND e.kind = 'basecalling'
        AND e.details->>'model' = b.details->>'model' AND (e.recorded_at, e.id) < (b.recorded_at, b.id));

-- The same with what it is charged to, and what was accepted.
CREATE VIEW billing_fact AS
SELECT u.id AS source_id, u.id, 'submission.accepted' AS kind, u.lab_id, u.project_id,
    coalesce(nullif(u.charge_code, ''), project_code_at(u.project_id, u.decided_at), '') AS charge_code,
    u.code AS subject_code, u.decided_at AS happened_at, u.row_count AS quantity, 0 AS part, 1 AS parts
FROM submission u
WHERE u.status = 'accepted' AND u.decided_at > (SELECT b.begins FROM billing_start b)
UNION ALL
SELECT f.source_id, f.id, f.kind, s.lab_id, s.project_id,
    coalesce(nullif(u.charge_code, ''), project_code_at(s.project_id, f.happened_at), ''), s.code, f.happened_at, 1,
    f.part, f.parts
FROM sample_fact f JOIN sample s ON s.id = f.sample_id LEFT JOIN submission u ON u.id = s.submission_id;
