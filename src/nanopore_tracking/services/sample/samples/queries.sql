-- list: samples
-- One page of samples; the store adds the labs that the caller may see as a filter.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'alias', s.alias,
    'kind', s.kind, 'material', s.material, 'lab_id', s.lab_id,
    'lab_name', (SELECT l.name FROM lab l WHERE l.id = s.lab_id), 'project_id', s.project_id,
    'project_code', (SELECT p.code FROM project p WHERE p.id = s.project_id), 'submission_id', s.submission_id,
    'stage', s.stage, 'status', s.status, 'priority', s.priority, 'assignee', s.assignee, 'volume_ul', s.volume_ul,
    'qubit_ng_per_ul', s.qubit_ng_per_ul, 'a260_a280', s.a260_a280, 'measured', s.measured,
    'out_of_range', s.out_of_range, 'stage_entered_at', s.stage_entered_at, 'updated_at', s.updated_at,
    'version', s.version)::text AS item
FROM sample s
WHERE true /*where*/
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
-- filter: q text[]   s.code >= (:q)[1] AND s.code < (:q)[2] OR s.words @@ (:q)[3]::tsquery
--   OR s.container_barcode = (:q)[4]
-- sort: updated timestamptz s.updated_at
-- sort: code text s.code
-- sort: name text lower(s.name) COLLATE "C"
-- sort: priority smallint s.urgency

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
    'location', s.location, 'priority', s.priority, 'assignee', s.assignee, 'comment', s.comment,
    'stage', s.stage, 'status', s.status, 'exit', s.exit, 'status_reason', s.status_reason,
    'stage_entered_at', s.stage_entered_at, 'created_by', s.created_by, 'created_at', s.created_at,
    'updated_at', s.updated_at, 'version', s.version)::text AS item
FROM sample s JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
WHERE s.id = coalesce(:sample_id::uuid, (SELECT c.id FROM sample c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: find_sample
-- The id of a sample by its id, or by its code where the id is null, within the labs in scope.
SELECT s.id FROM sample s
WHERE s.id = coalesce(:sample_id::uuid, (SELECT c.id FROM sample c WHERE c.code = :code))
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: lock_sample
-- A sample in a scope, locked to be changed.
SELECT s.id, s.code, s.name, s.alias, s.kind, s.material, s.organism, s.lab_id, s.project_id, s.submission_id,
    s.row_number, s.service_type, s.submitted_volume_ul, s.submitted_qubit_ng_per_ul, s.submitted_nanodrop_ng_per_ul,
    s.submitted_a260_a280, s.submitted_a260_a230, s.submitted_fragment_bp, s.submitted_buffer, s.submitted_comment,
    coalesce(s.container_barcode, '') AS container_barcode, s.priority, s.assignee, s.comment, s.stage, s.status,
    s.exit, s.status_reason, s.resumes_as, s.stage_entered_at, s.volume_ul, s.qubit_ng_per_ul, s.a260_a280,
    s.a260_a230, s.fragment_bp, s.measured, s.out_of_range, s.location, s.custody_count, s.library_count, s.version
FROM sample s
WHERE s.id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
FOR NO KEY UPDATE;

-- name: read_sample
-- A sample in a scope, as it is now.
SELECT s.id, s.code, s.name, s.alias, s.kind, s.material, s.organism, s.lab_id, s.project_id, s.submission_id,
    s.row_number, s.service_type, s.submitted_volume_ul, s.submitted_qubit_ng_per_ul, s.submitted_nanodrop_ng_per_ul,
    s.submitted_a260_a280, s.submitted_a260_a230, s.submitted_fragment_bp, s.submitted_buffer, s.submitted_comment,
    coalesce(s.container_barcode, '') AS container_barcode, s.priority, s.assignee, s.comment, s.stage, s.status,
    s.exit, s.status_reason, s.resumes_as, s.stage_entered_at, s.volume_ul, s.qubit_ng_per_ul, s.a260_a280,
    s.a260_a230, s.fragment_bp, s.measured, s.out_of_range, s.location, s.custody_count, s.library_count, s.version
FROM sample s
WHERE s.id = :sample_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: thresholds
-- The entries of the catalogue of thresholds that is in effect on a day, as JSON text.
SELECT c.entries::text
FROM catalogue c
WHERE c.name = 'thresholds' AND c.effective_from <= :day
ORDER BY c.version DESC LIMIT 1;

-- name: register_sample
-- A new sample with a spare number of the year, in an active project of an active lab in scope; no row without both.
WITH owner AS (
    SELECT p.id, p.code, p.lab_id, l.name AS lab_name
    FROM project p JOIN lab l ON l.id = p.lab_id
    WHERE p.id = :project_id AND p.status = 'active' AND l.active
        AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))
), number AS (
    -- The lowest spare number that nobody else is taking now: nobody waits for another one's commit.
    DELETE FROM spare_number USING owner
    WHERE (spare_number.year, spare_number.number) = (SELECT n.year, n.number FROM spare_number n
        WHERE n.year = :year ORDER BY n.number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING number AS last
), s AS (
    INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
        submitted_volume_ul, submitted_qubit_ng_per_ul, submitted_nanodrop_ng_per_ul, submitted_a260_a280,
        submitted_a260_a230, submitted_fragment_bp, submitted_buffer, submitted_comment, container_barcode, priority,
        assignee, stage_entered_at, volume_ul, qubit_ng_per_ul, a260_a280, a260_a230, fragment_bp, words, created_by,
        created_at, updated_at)
    SELECT :sample_id, concat('S', right(:year::text, 2), '-', lpad(last::text, greatest(6, length(last::text)), '0')),
        :name, :alias, :kind, :material, :organism, owner.lab_id, owner.id, :service_type, :volume_ul, :qubit_ng_per_ul,
        :nanodrop_ng_per_ul, :a260_a280, :a260_a230, :fragment_bp, :buffer, :comment, nullif(:container_barcode, ''),
        :priority, :assignee, :at, :volume_ul, :qubit_ng_per_ul, :a260_a280, :a260_a230, :fragment_bp,
        array_to_tsvector(string_to_array(:words, ' ')), :created_by, :at, :at
    FROM owner CROSS JOIN number
    RETURNING id, code, lab_id
)
SELECT s.id, s.code, s.lab_id, owner.code AS project_code, owner.lab_name, CASE WHEN :judged::boolean THEN
    (SELECT c.entries::text FROM catalogue c WHERE c.name = 'thresholds' AND c.effective_from <= :day
    ORDER BY c.version DESC LIMIT 1) END AS thresholds
FROM s CROSS JOIN owner;

-- name: flag_sample
-- The values of a new sample that are outside the limits.
UPDATE sample SET out_of_range = :out_of_range WHERE id = :sample_id;

-- name: spare_numbers
-- So many new numbers of the year, spared for samples that come one by one.
WITH taken AS (
    INSERT INTO counter (series, year, last) VALUES ('sample', :year, :many)
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
    created_by, created_at, updated_at)
SELECT n.id, n.code, n.name, n.alias, n.kind, n.material, n.organism, p.lab_id, p.id, n.submission_id, n.row_number,
    n.service_type, n.volume_ul, n.qubit_ng_per_ul, n.nanodrop_ng_per_ul, n.a260_a280, n.a260_a230, n.fragment_bp,
    n.buffer, n.comment, nullif(n.container_barcode, ''), n.priority, n.assignee, :at::timestamptz, n.volume_ul,
    n.qubit_ng_per_ul, n.a260_a280, n.a260_a230, n.fragment_bp, string_to_array(n.out_of_range, ' '),
    array_to_tsvector(string_to_array(n.words, ' ')), :created_by, :at::timestamptz, :at::timestamptz
FROM unnest(:ids::uuid[], :codes::text[], :names::text[], :aliases::text[], :kinds::text[], :materials::text[],
    :organisms::text[], :project_ids::uuid[], :submission_ids::uuid[], :row_numbers::integer[], :service_types::text[],
    :volumes_ul::float8[], :qubits_ng_per_ul::float8[], :nanodrops_ng_per_ul::float8[], :a260_a280s::float8[],
    :a260_a230s::float8[], :fragments_bp::float8[], :buffers::text[], :comments::text[], :container_barcodes::text[],
    :priorities::text[], :assignees::text[], :out_of_ranges::text[], :words::text[])
    AS n(id, code, name, alias, kind, material, organism, project_id, submission_id, row_number, service_type,
        volume_ul, qubit_ng_per_ul, nanodrop_ng_per_ul, a260_a280, a260_a230, fragment_bp, buffer, comment,
        container_barcode, priority, assignee, out_of_range, words)
    JOIN project p ON p.id = n.project_id
RETURNING id, lab_id;

-- name: change_sample
-- What the laboratory says of a sample, changed.
UPDATE sample SET priority = :priority, assignee = :assignee, comment = :comment,
    container_barcode = nullif(:container_barcode, ''), status = :status, updated_at = :at, version = version + 1
WHERE id = :sample_id;

-- name: measure_sample
-- The values that count now, after a measurement.
UPDATE sample SET volume_ul = :volume_ul, qubit_ng_per_ul = :qubit_ng_per_ul, a260_a280 = :a260_a280,
    a260_a230 = :a260_a230, fragment_bp = :fragment_bp, measured = :measured, out_of_range = :out_of_range,
    status = :status, updated_at = :at, version = version + 1
WHERE id = :sample_id;

-- name: place_sample
-- Where the tube is, after a custody event.
UPDATE sample SET location = :location, custody_count = :custody_count, updated_at = :at, version = version + 1
WHERE id = :sample_id;

-- name: touch_sample
-- A sample that work was recorded of.
UPDATE sample SET status = :status, library_count = :library_count, updated_at = :at, version = version + 1
WHERE id = :sample_id;

-- name: move_sample
-- The stage and status of a sample, after a transition.
UPDATE sample SET stage = :stage, status = :status, exit = :exit, status_reason = :status_reason,
    resumes_as = :resumes_as, stage_entered_at = :stage_entered_at, updated_at = :at, version = version + 1
WHERE id = :sample_id;
