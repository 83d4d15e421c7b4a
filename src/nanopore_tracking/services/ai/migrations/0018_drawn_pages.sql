-- Pages that are made for files without any. drawn: the version of the sums by which one was made, 0 for a page of the
-- file itself; a picture by other sums does not fit the places of a reading.
ALTER TABLE page_picture
    ADD COLUMN drawn integer NOT NULL DEFAULT 0 CHECK (drawn >= 0),
    DROP CONSTRAINT page_picture_pkey,
    ADD PRIMARY KEY (document_sha256, page, drawn);

-- Where a value stands in a file without pages, such as `B4`.
ALTER TABLE form_value ADD COLUMN place text NOT NULL DEFAULT '';

CREATE OR REPLACE VIEW form_value_now AS
SELECT v.id, v.extraction_id, v.position, v.field, v.row_number, v.unit, v.method, v.page, v.box, v.confidence, v.doubt,
    v.raw AS read_raw, v.version, v.decided_by, v.decided_at,
    coalesce(v.decided_raw, v.raw) AS raw, coalesce(v.decided_value, v.value) AS value,
    coalesce(v.decided, v.state) AS state,
    CASE WHEN v.decided = 'corrected' THEN v.raw END AS was,
    v.decided IS NULL AND v.state = 'needs_review' AND NOT coalesce(r.dropped, false) AS open,
    v.model, v.unconfirmed, v.place
FROM form_value v LEFT JOIN form_row r ON r.extraction_id = v.extraction_id AND r.row_number = v.row_number;

CREATE OR REPLACE VIEW form_value_shown AS
SELECT n.id, n.extraction_id, n.position, n.row_number,
    json_build_object('id', n.id, 'field', n.field, 'row_number', n.row_number, 'raw', n.raw, 'value', n.value,
        'unit', n.unit, 'method', n.method, 'page', n.page, 'box', nullif(n.box, 'null'), 'place', n.place,
        'confidence', n.confidence, 'state', n.state, 'doubt', n.doubt, 'was', n.was, 'decided_by', n.decided_by,
        'decided_at', n.decided_at, 'model', n.model, 'unconfirmed', n.unconfirmed, 'version', n.version) AS item
FROM form_value_now n;

-- A workbook or text that is read as a form, value by value, rather than as a table of samples.
ALTER TABLE extraction ADD COLUMN as_form boolean NOT NULL DEFAULT false;

CREATE OR REPLACE VIEW extraction_shown AS
SELECT e.id, e.lab_id, e.project_id, e.document_id, e.state, e.requested_at, e.version, d.filename,
    json_build_object('id', e.id, 'document_id', e.document_id, 'project_id', e.project_id, 'project_code', p.code,
        'lab_id', e.lab_id, 'filename', d.filename, 'kind', d.kind, 'as_form', e.as_form, 'state', e.state,
        'row_count', e.row_count, 'rows_read', e.rows_read, 'scan_count', e.scan_count, 'scans_read', e.scans_read,
        'needs_review_count', e.needs_review_count, 'sheet', e.sheet, 'sheets', e.sheets,
        'header_row', e.header_row, 'columns', e.columns, 'header', e.header, 'questions', e.questions,
        'notes', e.notes, 'error', e.error, 'attempts', e.attempts, 'submission_code', e.submission_code,
        'requested_by', e.requested_by ->> 'name', 'requested_at', e.requested_at, 'finished_at', e.finished_at,
        'version', e.version)::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id;
