-- Which accepted submission a reading became: at most one, and a submission is of one reading.
ALTER TABLE extraction
    ADD COLUMN submission_id uuid CONSTRAINT extraction_submission UNIQUE,
    ADD COLUMN submission_code text,
    ADD CONSTRAINT extraction_claimed CHECK ((submission_id IS NULL) = (submission_code IS NULL)),
    ADD CONSTRAINT extraction_claimed_read CHECK (submission_id IS NULL OR state = 'read');

CREATE OR REPLACE VIEW extraction_shown AS
SELECT e.id, e.lab_id, e.project_id, e.document_id, e.state, e.requested_at, e.version, d.filename,
    json_build_object('id', e.id, 'document_id', e.document_id, 'project_id', e.project_id, 'project_code', p.code,
        'lab_id', e.lab_id, 'filename', d.filename, 'state', e.state, 'row_count', e.row_count,
        'rows_read', e.rows_read, 'needs_review_count', e.needs_review_count, 'sheet', e.sheet, 'sheets', e.sheets,
        'header_row', e.header_row, 'columns', e.columns, 'header', e.header, 'questions', e.questions,
        'notes', e.notes, 'error', e.error, 'attempts', e.attempts, 'submission_code', e.submission_code,
        'requested_by', e.requested_by ->> 'name', 'requested_at', e.requested_at, 'finished_at', e.finished_at,
        'version', e.version)::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id;
