-- list: submissions
-- One page of submissions in a scope.
SELECT s.id, /*sort*/ AS sort_key, json_build_object('id', s.id, 'code', s.code, 'status', s.status,
    'lab_id', s.lab_id, 'lab_name', l.name, 'project_id', s.project_id, 'project_code', p.code,
    'external_id', s.external_id, 'service_type', s.service_type, 'kit_requested', s.kit_requested,
    'requester_name', s.requester_name, 'priority', s.priority, 'row_count', s.row_count,
    'error_count', s.error_count, 'finding_count', s.finding_count, 'warning_count', s.warning_count,
    'open_finding_count', s.open_finding_count, 'open_question_count', s.open_question_count,
    'due_at', s.due_at, 'overdue', coalesce(s.due_at < now(), false),
    'filename', s.filename, 'created_at', s.created_at, 'updated_at', s.updated_at, 'version', s.version)::text AS item
FROM submission s JOIN project p ON p.id = s.project_id JOIN lab l ON l.id = s.lab_id
WHERE (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: status text[]   s.status = ANY(:status)
-- filter: lab_id uuid   s.lab_id = :lab_id
-- filter: project_id uuid   s.project_id = :project_id
-- filter: extraction_id uuid   s.extraction_id = :extraction_id
-- filter: overdue boolean   coalesce(s.due_at < now(), false) = :overdue
-- filter: q text
--   strpos(lower(concat_ws(' ', s.code, s.external_id, s.requester_name, s.filename, p.code, p.title, l.name)),
--   lower(:q)) > 0
-- sort: updated timestamptz s.updated_at
-- sort: created timestamptz s.created_at
-- sort: code text s.code

-- name: show_submission
-- One submission in a scope.
SELECT s.version, json_build_object('id', s.id, 'code', s.code, 'status', s.status,
    'lab_id', s.lab_id, 'lab_name', l.name, 'project_id', s.project_id, 'project_code', p.code,
    'project_title', p.title, 'external_id', s.external_id, 'service_type', s.service_type,
    'kit_requested', s.kit_requested, 'flow_cell_requested', s.flow_cell_requested,
    'requester_name', s.requester_name, 'requester_email', s.requester_email, 'priority', s.priority,
    'contains_human_dna', s.contains_human_dna, 'material', s.material, 'organism', s.organism, 'buffer', s.buffer,
    'genome_size', s.genome_size, 'target', s.target, 'comment', s.comment,
    'row_count', s.row_count, 'rows_announced', s.rows_announced,
    'error_count', s.error_count, 'finding_count', s.finding_count, 'warning_count', s.warning_count,
    'open_finding_count', s.open_finding_count, 'open_question_count', s.open_question_count,
    'due_at', s.due_at, 'overdue', coalesce(s.due_at < now(), false), 'charge_code', s.charge_code,
    'header', s.header, 'problems', s.problems, 'row_problems', s.row_problems,
    'filename', s.filename, 'source', CASE WHEN s.extraction_id IS NOT NULL THEN json_build_object(
        'extraction_id', s.extraction_id, 'document_id', s.document_id, 'filename', s.filename, 'sha256', s.sha256) END,
    'intake', s.intake, 'intake_note', s.intake_note,
    'catalogue_versions', s.catalogue_versions, 'created_by', s.created_by, 'decided_by', s.decided_by,
    'decided_at', s.decided_at, 'reason', s.reason,
    'created_at', s.created_at, 'updated_at', s.updated_at, 'version', s.version)::text AS item
FROM submission s JOIN project p ON p.id = s.project_id JOIN lab l ON l.id = s.lab_id
WHERE s.id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: find_submission
-- The id of the submission with this code in a scope.
SELECT s.id FROM submission s WHERE s.code = :code AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: lock_submission
-- A submission in a scope, locked to be changed, with what is needed of its project.
SELECT s.id, s.code, s.status, s.project_id, s.lab_id, p.data_classification,
    s.external_id, s.service_type, s.kit_requested, s.flow_cell_requested, s.requester_name, s.requester_email,
    s.priority, s.contains_human_dna, s.material, s.organism, s.buffer, s.genome_size, s.target, s.comment,
    s.charge_code, s.open_finding_count, s.open_question_count, s.due_at, s.extraction_id, s.sha256, s.row_count, s.rows_announced, s.error_count, s.finding_count, s.warning_count,
    s.catalogue_versions, s.version
FROM submission s JOIN project p ON p.id = s.project_id
WHERE s.id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
FOR UPDATE OF s;

-- name: find_extraction
-- The submission that was made of an extraction.
SELECT id FROM submission WHERE extraction_id = :extraction_id;

-- name: same_document
-- Codes of the lab's other submissions that came from the same document and were not cancelled or rejected.
SELECT coalesce(array_agg(code ORDER BY code), '{}')
FROM submission
WHERE sha256 = :sha256 AND lab_id = :lab_id AND id <> :submission_id AND status NOT IN ('cancelled', 'rejected');

-- name: next_number
-- The next number of a year's submissions; the row stays locked until the transaction ends, so that none is lost.
INSERT INTO counter (series, year, last) VALUES ('submission', :year, 1)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1
RETURNING last;

-- name: insert_submission
-- A new submission.
INSERT INTO submission (id, code, status, project_id, lab_id, external_id, service_type, kit_requested,
    flow_cell_requested, requester_name, requester_email, priority, contains_human_dna, material, organism, buffer,
    genome_size, target, comment, charge_code, extraction_id, document_id, filename, sha256, header, rows_announced,
    created_by, created_at, updated_at)
VALUES (:submission_id, :code, :status, :project_id, :lab_id, :external_id, :service_type, :kit_requested,
    :flow_cell_requested, :requester_name, :requester_email, :priority, :contains_human_dna, :material, :organism,
    :buffer, :genome_size, :target, :comment, :charge_code, :extraction_id, :document_id, :filename, :sha256,
    :header::json, :rows_announced, :created_by, :at, :at);

-- name: update_header
-- The changed header of a submission.
UPDATE submission SET external_id = :external_id, service_type = :service_type, kit_requested = :kit_requested,
    flow_cell_requested = :flow_cell_requested, requester_name = :requester_name, requester_email = :requester_email,
    priority = :priority, contains_human_dna = :contains_human_dna, material = :material, organism = :organism,
    buffer = :buffer, genome_size = :genome_size, target = :target, comment = :comment,
    charge_code = :charge_code
WHERE id = :submission_id;

-- name: restart_reading
-- A submission whose manifest is read again from its beginning.
UPDATE submission SET status = 'reading', header = :header::json, rows_announced = :rows_announced, row_count = 0,
    problems = '[]', row_problems = '[]', error_count = 0, finding_count = 0, warning_count = 0,
    open_finding_count = 0, due_at = NULL, updated_at = :at,
    version = version + 1
WHERE id = :submission_id;

-- name: add_to_row_count
-- A submission that has more rows than before, while its manifest is being read.
UPDATE submission SET row_count = row_count + :more, updated_at = :at, version = version + 1
WHERE id = :submission_id;

-- name: store_check
-- What the check found, as counts, and the state that the submission is in now.
UPDATE submission SET status = :status, row_count = :row_count, problems = :problems::json,
    row_problems = :row_problems::json, error_count = :error_count, finding_count = :finding_count,
    warning_count = :warning_count, open_finding_count = :open_finding_count,
    catalogue_versions = :catalogue_versions::json, due_at = :due_at, updated_at = :at,
    version = version + 1
WHERE id = :submission_id;

-- name: note_intake
-- How far the intake of an accepted submission is.
UPDATE submission SET intake = :intake, intake_note = :note, updated_at = :at, version = version + 1
WHERE id = :submission_id;

-- name: decide
-- The decision on a submission.
UPDATE submission SET status = :status, decided_by = :decided_by, decided_at = :at, reason = :reason,
    open_finding_count = (SELECT count(*) FROM finding f
        WHERE f.submission_id = :submission_id AND f.state IN ('open', 'asked')),
    due_at = NULL, updated_at = :at, version = version + 1
WHERE id = :submission_id;

-- name: proceed
-- Where a submission stands after a finding was resolved or the customer was asked or has answered.
UPDATE submission SET status = :status, due_at = :due_at, open_finding_count = (SELECT count(*) FROM finding f
        WHERE f.submission_id = :submission_id AND f.state IN ('open', 'asked')),
    open_question_count = (SELECT count(*) FROM submission_message q
        WHERE q.submission_id = :submission_id AND q.kind = 'question' AND NOT EXISTS (SELECT FROM submission_message a
            WHERE a.answers = q.id)),
    updated_at = :at, version = version + 1
WHERE id = :submission_id
RETURNING open_finding_count, open_question_count;
