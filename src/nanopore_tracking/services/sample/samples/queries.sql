-- list: samples
-- One page of samples; the store adds the labs that the caller may see as a filter.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'alias', s.alias,
    'kind', s.kind, 'material', s.material, 'organism', s.organism, 'service_type', s.service_type, 'lab_id', s.lab_id,
    'lab_name', (SELECT l.name FROM lab l WHERE l.id = s.lab_id), 'project_id', s.project_id, 'project_code', (SELECT
    p.code FROM project p WHERE p.id = s.project_id), 'submission_id', s.submission_id, 'submission_code', (SELECT
    u.code FROM submission u WHERE u.id = s.submission_id), 'stage', s.stage, 'container_barcode',
    coalesce(s.container_barcode, ''), 'status', s.status, 'priority', s.priority, 'assignee', s.assignee, 'volume_ul',
    s.volume_ul, 'qubit_ng_per_ul', s.qubit_ng_per_ul, 'measured', s.measured, 'a260_a280', s.a260_a280, 'a260_a230',
    s.a260_a230, 'fragment_bp', s.fragment_bp, 'out_of_range', s.out_of_range, 'stage_entered_at', s.stage_entered_at,
    'due_at', s.due_at, 'overdue', coalesce(s.due_at < now(), false), 'clock_paused', s.clock_paused, 'created_at',
    s.created_at, 'updated_at', s.updated_at, 'version', s.version)::text AS item
FROM sample s WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: one_lab uuid   s.lab_id = :one_lab
-- filter: labs uuid[]   s.lab_id = ANY(:labs)
-- filter: one_stage text   s.stage = :one_stage
-- filter: stage text[]   s.stage = ANY(:stage)
-- filter: one_status text   s.status = :one_status
-- filter: status text[]   s.status = ANY(:status)
-- filter: urgency smallint[]   s.urgency = ANY(:urgency)
-- filter: assignee text   s.assignee = :assignee AND s.assignee <> ''
-- filter: lab_id uuid   s.lab_id = :lab_id
-- filter: project_id uuid   s.project_id = :project_id
-- filter: submission_id uuid   s.submission_id = :submission_id
-- filter: ids uuid[]   s.id = ANY(:ids)
-- filter: codes text[]   s.code = ANY(:codes)
-- filter: overdue boolean   s.due_at IS NOT NULL AND s.due_at < now() AND :overdue
-- filter: not_overdue boolean   coalesce(s.due_at >= now(), true) AND :not_overdue
-- filter: clocked boolean   s.due_at IS NOT NULL AND :clocked
-- filter: rna boolean   (s.material IN ('total RNA', 'poly(A) RNA')) = :rna
-- filter: service_type text   s.service_type = :service_type
-- filter: entered timestamptz[]   s.stage_entered_at >= (:entered)[1] AND s.stage_entered_at < (:entered)[2]
-- filter: created timestamptz[]   s.created_at >= (:created)[1] AND s.created_at < (:created)[2]
-- filter: q text[]   s.code >= (:q)[1] AND s.code < (:q)[2] OR s.words @@ (:q)[3]::tsquery OR s.container_barcode = (:q)[4]
-- sort: updated timestamptz s.updated_at
-- sort: code text s.code
-- sort: name text lower(s.name) COLLATE "C"
-- sort: priority smallint s.urgency
-- sort: due bigint   coalesce((extract(epoch FROM s.due_at - timestamptz '2000-01-01 00:00:00+00') * 1000)::bigint * 8 + s.urgency, 9000000000000000000)

-- name: rare
-- The samples that the filter q finds, where less than one of a hundred of the latest changed has the word; else null: a
-- page of what is common is soon full in any order. The planner guesses that of every word.
SELECT CASE WHEN (SELECT count(*) FROM (SELECT FROM (
        SELECT x.words FROM sample x ORDER BY x.updated_at DESC, x.id DESC LIMIT 2000) n
    WHERE n.words @@ (:q::text[])[3]::tsquery LIMIT 20) found) < 20
THEN ARRAY(SELECT w.id FROM sample w WHERE w.code >= (:q)[1] AND w.code < (:q)[2] OR w.words @@ (:q)[3]::tsquery
    OR w.container_barcode = (:q)[4]) END;

-- name: show_sample
-- One sample by its id, or by its code where the id is null, within the labs in scope.
SELECT s.version, json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'alias', s.alias,
    'kind', s.kind, 'material', s.material, 'organism', s.organism, 'lab_id', s.lab_id, 'lab_name', l.name,
    'project_id', s.project_id, 'project_code', p.code, 'submission_id', s.submission_id,
    'submission_code', (SELECT u.code FROM submission u WHERE u.id = s.submission_id), 'row_number', s.row_number,
    'service_type', s.service_type, 'container_barcode', coalesce(s.container_barcode, ''),
    'submitted', json_build_object('volume_ul', s.submitted_volume_ul,
        'qubit_ng_per_ul', s.submitted_qubit_ng_per_ul, 'nanodrop_ng_per_ul', s.submitted_nanodrop_ng_per_ul,
        'a260_a280', s.submitted_a260_a280, 'a260_a230', s.submitted_a260_a230,
        'fragment_bp', s.submitted_fragment_bp, 'buffer', s.submitted_buffer, 'comment', s.submitted_comment),
    'volume_ul', s.volume_ul, 'qubit_ng_per_ul', s.qubit_ng_per_ul, 'a260_a280', s.a260_a280,
    'a260_a230', s.a260_a230, 'fragment_bp', s.fragment_bp, 'measured', s.measured, 'out_of_range', s.out_of_range,
    'location', sample_place(s.id), 'priority', s.priority, 'assignee', s.assignee, 'comment', s.comment,
    'stage', s.stage, 'status', s.status, 'exit', s.exit, 'status_reason', s.status_reason,
    'stage_entered_at', s.stage_entered_at, 'due_at', s.due_at, 'overdue', coalesce(s.due_at < now(), false),
    'clock_paused', s.clock_paused, 'priority_reason', s.priority_reason, 'created_by', s.created_by, 'created_at', s.created_at,
    'updated_at', s.updated_at, 'version', s.version)::text AS item
FROM sample s JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
WHERE s.id = coalesce(:sample_id::uuid, (SELECT c.id FROM sample c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: find_sample
-- The id of a sample by its id, or by its code where the id is null, within the labs in scope.
SELECT s.id FROM sample s
WHERE s.id = coalesce(:sample_id::uuid, (SELECT c.id FROM sample c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: lock_samples
-- Lock samples in a scope, always in the same order so that nobody waits in a circle. What they are is read after it:
-- what a statement that waited computes from other tables is as old as its beginning.
SELECT s.id FROM sample s
WHERE s.id = ANY(:sample_ids::uuid[]) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
ORDER BY s.id FOR NO KEY UPDATE;

-- name: read_samples
-- Samples in a scope, as they are now.
SELECT s.id, s.code, s.name, s.alias, s.kind, s.material, s.organism, s.lab_id, s.project_id, s.submission_id,
    s.row_number, s.service_type, s.submitted_volume_ul, s.submitted_qubit_ng_per_ul, s.submitted_nanodrop_ng_per_ul,
    s.submitted_a260_a280, s.submitted_a260_a230, s.submitted_fragment_bp, s.submitted_buffer, s.submitted_comment,
    coalesce(s.container_barcode, '') AS container_barcode, s.priority, s.assignee, s.comment, s.stage, s.status,
    s.exit, s.status_reason, s.resumes_as, s.stage_entered_at, s.volume_ul, s.qubit_ng_per_ul, s.a260_a280,
    s.a260_a230, s.fragment_bp, s.measured, s.out_of_range, sample_place(s.id) AS location, s.library_count,
    s.version, s.due_at, s.clock_paused, s.priority_reason
FROM sample s
WHERE s.id = ANY(:sample_ids::uuid[]) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
ORDER BY s.id;

-- name: thresholds
-- The entries of the catalogue of thresholds that is in effect on a day, as JSON text.
SELECT c.entries::text
FROM catalogue c
WHERE c.name = 'thresholds' AND c.effective_from <= :day
ORDER BY c.version DESC LIMIT 1;

-- name: intake_place
-- What a new sample of a project takes over from it and its lab, and the limits that its values are judged by on a day.
SELECT p.lab_id, l.name AS lab_name, p.code AS project_code, t.version AS limits_version, t.entries::text AS limits
FROM project p JOIN lab l ON l.id = p.lab_id
LEFT JOIN (SELECT c.version, c.entries FROM catalogue c WHERE c.name = 'thresholds' AND c.effective_from <= :day
    ORDER BY c.version DESC LIMIT 1) t ON true
WHERE p.id = :project_id AND p.status = 'active' AND l.active;

-- name: register_sample
-- A new sample with a spare number of the year, where its place is as it was read; its code, no row otherwise.
WITH number AS (
    -- The lowest spare number that nobody else is taking now: nobody waits for another one's commit.
    DELETE FROM spare_number USING project p JOIN lab l ON l.id = p.lab_id
    WHERE (spare_number.year, spare_number.number) = (SELECT n.year, n.number FROM spare_number n
            WHERE n.year = :year ORDER BY n.number LIMIT 1 FOR UPDATE SKIP LOCKED)
        AND p.id = :project_id AND p.status = 'active' AND p.code = :project_code
        AND l.id = :lab_id AND l.active AND l.name = :lab_name
        AND :limits_version::integer IS NOT DISTINCT FROM (SELECT c.version FROM catalogue c
            WHERE c.name = 'thresholds' AND c.effective_from <= :day ORDER BY c.version DESC LIMIT 1)
    RETURNING number AS last
), effect AS (
    INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
        submitted_volume_ul, submitted_qubit_ng_per_ul, submitted_nanodrop_ng_per_ul, submitted_a260_a280,
        submitted_a260_a230, submitted_fragment_bp, submitted_buffer, submitted_comment, container_barcode, priority,
        assignee, stage_entered_at, volume_ul, qubit_ng_per_ul, a260_a280, a260_a230, fragment_bp, words, created_by,
        created_at, updated_at, out_of_range, priority_reason)
    SELECT :sample_id, concat('S', right(:year::text, 2), '-', lpad(last::text, greatest(6, length(last::text)), '0')),
        :name, :alias, :kind, :material, :organism, :lab_id, :project_id, :service_type, :volume_ul, :qubit_ng_per_ul,
        :nanodrop_ng_per_ul, :a260_a280, :a260_a230, :fragment_bp, :buffer, :comment, nullif(:container_barcode, ''),
        :priority, :assignee, :at, :volume_ul, :qubit_ng_per_ul, :a260_a280, :a260_a230, :fragment_bp,
        array_to_tsvector(string_to_array(:words, ' ')), :created_by, :at, :at, :out_of_range,
        :priority_reason
    FROM number
    RETURNING code AS value
)
SELECT value FROM effect;

-- name: spare_numbers
-- So many new numbers of the year, spared for samples that come one by one; none while there are enough.
WITH taken AS (
    INSERT INTO counter (series, year, last)
    SELECT 'sample', :year, :many WHERE (SELECT count(*) FROM spare_number n WHERE n.year = :year) < :enough
    ON CONFLICT (series, year) DO UPDATE SET last = counter.last + excluded.last
    RETURNING last
)
INSERT INTO spare_number (year, number)
SELECT :year, n FROM taken, generate_series(taken.last - :many + 1, taken.last) n;

-- name: take_numbers
-- The last of so many new numbers of the year.
INSERT INTO counter (series, year, last) VALUES ('sample', :year, :many)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + excluded.last
RETURNING last;

-- name: insert_samples
-- Many new samples at once, each in the lab of its project.
INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, submission_id, row_number,
    service_type, submitted_volume_ul, submitted_qubit_ng_per_ul, submitted_nanodrop_ng_per_ul, submitted_a260_a280,
    submitted_a260_a230, submitted_fragment_bp, submitted_buffer, submitted_comment, container_barcode, priority,
    assignee, stage_entered_at, volume_ul, qubit_ng_per_ul, a260_a280, a260_a230, fragment_bp, out_of_range, words,
    priority_reason, created_by, created_at, updated_at)
SELECT n.id, n.code, n.name, n.alias, n.kind, n.material, n.organism, p.lab_id, p.id, n.submission_id, n.row_number,
    n.service_type, n.volume_ul, n.qubit_ng_per_ul, n.nanodrop_ng_per_ul, n.a260_a280, n.a260_a230, n.fragment_bp,
    n.buffer, n.comment, nullif(n.container_barcode, ''), n.priority, n.assignee, :at::timestamptz, n.volume_ul,
    n.qubit_ng_per_ul, n.a260_a280, n.a260_a230, n.fragment_bp, string_to_array(n.out_of_range, ' '),
    array_to_tsvector(string_to_array(n.words, ' ')), n.priority_reason, :created_by, :at::timestamptz, :at::timestamptz
FROM unnest(:ids::uuid[], :codes::text[], :names::text[], :aliases::text[], :kinds::text[], :materials::text[],
    :organisms::text[], :project_ids::uuid[], :submission_ids::uuid[], :row_numbers::integer[], :service_types::text[],
    :volumes_ul::float8[], :qubits_ng_per_ul::float8[], :nanodrops_ng_per_ul::float8[], :a260_a280s::float8[],
    :a260_a230s::float8[], :fragments_bp::float8[], :buffers::text[], :comments::text[], :container_barcodes::text[],
    :priorities::text[], :assignees::text[], :out_of_ranges::text[], :words::text[], :priority_reasons::text[])
    AS n(id, code, name, alias, kind, material, organism, project_id, submission_id, row_number, service_type,
        volume_ul, qubit_ng_per_ul, nanodrop_ng_per_ul, a260_a280, a260_a230, fragment_bp, buffer, comment,
        container_barcode, priority, assignee, out_of_range, words, priority_reason)
    JOIN project p ON p.id = n.project_id
RETURNING id, lab_id;

-- name: change_samples
-- What the laboratory says of samples, changed, and until when their stages should be done.
UPDATE sample SET priority = n.priority, priority_reason = n.priority_reason, assignee = n.assignee,
    comment = n.comment, container_barcode = nullif(n.container_barcode, ''), status = n.status, due_at = n.due_at,
    updated_at = :at, version = version + 1
FROM unnest(:sample_ids::uuid[], :priority::text[], :priority_reason::text[], :assignee::text[], :comment::text[],
    :container_barcode::text[], :status::text[], :due_at::timestamptz[])
    AS n(id, priority, priority_reason, assignee, comment, container_barcode, status, due_at)
WHERE sample.id = n.id;

-- name: measure_sample
-- The values that count now, after a measurement.
UPDATE sample SET volume_ul = :volume_ul, qubit_ng_per_ul = :qubit_ng_per_ul, a260_a280 = :a260_a280,
    a260_a230 = :a260_a230, fragment_bp = :fragment_bp, measured = :measured, out_of_range = :out_of_range,
    status = :status, updated_at = :at, version = version + 1
WHERE id = :sample_id;

-- name: handle_samples
-- Samples to whose tubes something happened.
UPDATE sample SET updated_at = :at, version = version + 1
WHERE id = ANY(:sample_ids::uuid[]);

-- name: touch_samples
-- Samples that work was recorded of.
UPDATE sample SET status = n.status, library_count = n.library_count, updated_at = :at, version = version + 1
FROM unnest(:sample_ids::uuid[], :status::text[], :library_count::integer[]) AS n(id, status, library_count)
WHERE sample.id = n.id;

-- name: move_samples
-- The stage and status of samples, after a transition of each, and their clocks.
UPDATE sample SET stage = n.stage, status = n.status, exit = n.exit, status_reason = n.status_reason,
    resumes_as = n.resumes_as, stage_entered_at = n.stage_entered_at, due_at = n.due_at,
    clock_paused = n.clock_paused, updated_at = :at, version = version + 1
FROM unnest(:sample_ids::uuid[], :stage::text[], :status::text[], :exit::text[], :status_reason::text[],
    :resumes_as::text[], :stage_entered_at::timestamptz[], :due_at::timestamptz[], :clock_paused::text[])
    AS n(id, stage, status, exit, status_reason, resumes_as, stage_entered_at, due_at, clock_paused)
WHERE sample.id = n.id;

-- name: clock_sample
-- Until when the stage of a sample should be done, or why its clock stands still.
UPDATE sample SET due_at = :due_at, clock_paused = :clock_paused, updated_at = :at, version = version + 1
WHERE id = :sample_id;
