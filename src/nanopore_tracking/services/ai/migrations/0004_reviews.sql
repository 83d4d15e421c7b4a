-- Forms: what was read from them, value by value, and what people said to it.
ALTER TABLE document DROP CONSTRAINT document_kind_check,
    ADD CONSTRAINT document_kind CHECK (kind IN ('xlsx', 'text_table', 'pdf', 'docx'));
ALTER TABLE extraction DROP CONSTRAINT extraction_state_check,
    ADD CONSTRAINT extraction_state
        CHECK (state IN ('queued', 'reading', 'needs_columns', 'needs_review', 'read', 'refused'));

-- What is known of the form as a whole, and who reviews it now.
CREATE TABLE form_reading (
    extraction_id    uuid PRIMARY KEY REFERENCES extraction (id),
    method           text NOT NULL CHECK (method IN ('pattern', 'llm', 'hybrid', 'rag')),
    reader_version   integer NOT NULL,
    template         text,
    template_version integer,
    pages            jsonb NOT NULL,
    warnings         jsonb NOT NULL,
    texts            jsonb NOT NULL,
    reviewer_id      text,
    reviewer         text,
    reviewer_until   timestamptz,
    CONSTRAINT form_reading_reviewer CHECK ((reviewer_id IS NULL) = (reviewer_until IS NULL)
        AND (reviewer_id IS NULL) = (reviewer IS NULL))
);

-- A row of the table of samples.
CREATE TABLE form_row (
    extraction_id uuid NOT NULL REFERENCES form_reading,
    row_number    integer NOT NULL CHECK (row_number > 0),
    printed       integer,
    role          text NOT NULL CHECK (role IN ('sample', 'control')),
    dropped       boolean NOT NULL DEFAULT false,
    version       integer NOT NULL DEFAULT 1,
    PRIMARY KEY (extraction_id, row_number)
);

-- One value: as it was read, which never changes, and what a person decided.
CREATE TABLE form_value (
    id            uuid PRIMARY KEY,
    extraction_id uuid NOT NULL REFERENCES form_reading,
    position      integer NOT NULL,
    field         text NOT NULL CHECK (field <> ''),
    row_number    integer,
    raw           text NOT NULL,
    value         jsonb NOT NULL,
    unit          text,
    method        text NOT NULL,
    page          integer,
    box           jsonb NOT NULL,
    confidence    real CHECK (confidence BETWEEN 0 AND 1),
    state         text NOT NULL CHECK (state IN ('read', 'blank', 'needs_review')),
    doubt         text NOT NULL,
    decided       text CHECK (decided IN ('confirmed', 'corrected')),
    decided_raw   text,
    decided_value jsonb,
    decided_by    text,
    decided_at    timestamptz,
    version       integer NOT NULL DEFAULT 1,
    UNIQUE (extraction_id, position),
    FOREIGN KEY (extraction_id, row_number) REFERENCES form_row,
    CONSTRAINT form_value_decided CHECK ((decided IS NULL) = (decided_by IS NULL)
        AND (decided IS NULL) = (decided_at IS NULL)),
    CONSTRAINT form_value_corrected CHECK ((decided IS NOT DISTINCT FROM 'corrected') = (decided_raw IS NOT NULL)
        AND (decided_raw IS NULL) = (decided_value IS NULL))
);
CREATE UNIQUE INDEX form_value_named ON form_value (extraction_id, field, row_number) NULLS NOT DISTINCT;

-- Every decision, also those that were taken back: what the reader is measured by.
CREATE TABLE form_decision (
    id            uuid PRIMARY KEY,
    value_id      uuid NOT NULL REFERENCES form_value (id),
    extraction_id uuid NOT NULL REFERENCES form_reading,
    action        text NOT NULL CHECK (action IN ('confirm', 'correct', 'undo')),
    read_raw      text NOT NULL,
    became_raw    text NOT NULL,
    method        text NOT NULL,
    confidence    real,
    decided_by    text NOT NULL,
    decided_at    timestamptz NOT NULL
);
CREATE INDEX form_decision_of ON form_decision (extraction_id, decided_at);

-- A value as it counts now.
CREATE VIEW form_value_now AS
SELECT v.id, v.extraction_id, v.position, v.field, v.row_number, v.unit, v.method, v.page, v.box, v.confidence, v.doubt,
    v.raw AS read_raw, v.version, v.decided_by, v.decided_at,
    coalesce(v.decided_raw, v.raw) AS raw, coalesce(v.decided_value, v.value) AS value,
    coalesce(v.decided, v.state) AS state,
    CASE WHEN v.decided = 'corrected' THEN v.raw END AS was,
    v.decided IS NULL AND v.state = 'needs_review' AND NOT coalesce(r.dropped, false) AS open
FROM form_value v LEFT JOIN form_row r ON r.extraction_id = v.extraction_id AND r.row_number = v.row_number;

-- The same as it is answered.
CREATE VIEW form_value_shown AS
SELECT n.id, n.extraction_id, n.position, n.row_number,
    json_build_object('id', n.id, 'field', n.field, 'row_number', n.row_number, 'raw', n.raw, 'value', n.value,
        'unit', n.unit, 'method', n.method, 'page', n.page, 'box', nullif(n.box, 'null'), 'confidence', n.confidence,
        'state', n.state, 'doubt', n.doubt, 'was', n.was, 'decided_by', n.decided_by, 'decided_at', n.decided_at,
        'version', n.version) AS item
FROM form_value_now n;

DROP VIEW extraction_shown;
CREATE VIEW extraction_shown AS
SELECT e.id, e.lab_id, e.project_id, e.document_id, e.state, e.requested_at, e.version, d.filename,
    json_build_object('id', e.id, 'document_id', e.document_id, 'project_id', e.project_id, 'project_code', p.code,
        'lab_id', e.lab_id, 'filename', d.filename, 'kind', d.kind, 'state', e.state, 'row_count', e.row_count,
        'rows_read', e.rows_read, 'needs_review_count', e.needs_review_count, 'sheet', e.sheet, 'sheets', e.sheets,
        'header_row', e.header_row, 'columns', e.columns, 'header', e.header, 'questions', e.questions,
        'notes', e.notes, 'error', e.error, 'attempts', e.attempts, 'submission_code', e.submission_code,
        'requested_by', e.requested_by ->> 'name', 'requested_at', e.requested_at, 'finished_at', e.finished_at,
        'version', e.version)::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id;

-- Pictures of pages, made once: where each is kept in the file store.
CREATE TABLE page_picture (
    document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    page            integer NOT NULL CHECK (page > 0),
    sha256          text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    made_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document_sha256, page)
);
