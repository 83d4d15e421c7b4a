-- Scans and pictures of forms: kinds of documents, and how many of a document's pages were recognised.
ALTER TABLE document DROP CONSTRAINT document_kind,
    ADD CONSTRAINT document_kind CHECK (kind IN ('xlsx', 'text_table', 'pdf', 'docx', 'png', 'jpeg', 'tiff', 'webp'));
ALTER TABLE extraction ADD COLUMN scan_count integer CHECK (scan_count > 0),
    ADD COLUMN scans_read integer NOT NULL DEFAULT 0 CHECK (scans_read >= 0);

CREATE OR REPLACE VIEW extraction_shown AS
SELECT e.id, e.lab_id, e.project_id, e.document_id, e.state, e.requested_at, e.version, d.filename,
    json_build_object('id', e.id, 'document_id', e.document_id, 'project_id', e.project_id, 'project_code', p.code,
        'lab_id', e.lab_id, 'filename', d.filename, 'kind', d.kind, 'state', e.state, 'row_count', e.row_count,
        'rows_read', e.rows_read, 'scan_count', e.scan_count, 'scans_read', e.scans_read,
        'needs_review_count', e.needs_review_count, 'sheet', e.sheet, 'sheets', e.sheets,
        'header_row', e.header_row, 'columns', e.columns, 'header', e.header, 'questions', e.questions,
        'notes', e.notes, 'error', e.error, 'attempts', e.attempts, 'submission_code', e.submission_code,
        'requested_by', e.requested_by ->> 'name', 'requested_at', e.requested_at, 'finished_at', e.finished_at,
        'version', e.version)::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id;
