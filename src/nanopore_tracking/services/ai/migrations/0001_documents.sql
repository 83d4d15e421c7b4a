-- Documents that were uploaded, their readings, and what labs taught about the headings of their files.

-- The ai service's own copy of projects, kept by the events of the sample service.
CREATE TABLE project (
    id     uuid PRIMARY KEY,
    lab_id uuid NOT NULL,
    code   text NOT NULL,
    title  text NOT NULL,
    status text NOT NULL
);

-- Uploaded files; the content lies in the file store under its SHA-256 sum.
CREATE TABLE document (
    id          uuid PRIMARY KEY,
    project_id  uuid NOT NULL REFERENCES project (id),
    lab_id      uuid NOT NULL,
    filename    text NOT NULL CHECK (filename <> ''),
    kind        text NOT NULL CHECK (kind IN ('xlsx', 'text_table')),
    size_bytes  bigint NOT NULL CHECK (size_bytes > 0),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    note        text,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX document_same ON document (project_id, sha256, uploaded_at);

-- Readings of documents: the queue, and what came of each.
CREATE TABLE extraction (
    id                 uuid PRIMARY KEY,
    document_id        uuid NOT NULL REFERENCES document (id),
    project_id         uuid NOT NULL REFERENCES project (id),
    lab_id             uuid NOT NULL,
    state              text NOT NULL DEFAULT 'queued'
                       CHECK (state IN ('queued', 'reading', 'needs_columns', 'read', 'refused')),
    wanted_sheet       text,
    chosen             jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(chosen) = 'object'),
    attempts           integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    lease_until        timestamptz,
    not_before         timestamptz,
    row_count          integer CHECK (row_count >= 0),
    rows_read          integer NOT NULL DEFAULT 0 CHECK (rows_read >= 0),
    needs_review_count integer NOT NULL DEFAULT 0 CHECK (needs_review_count >= 0),
    sheet              text,
    sheets             jsonb NOT NULL DEFAULT '[]',
    header_row         integer CHECK (header_row > 0),
    columns            jsonb NOT NULL DEFAULT '[]',
    header             jsonb NOT NULL DEFAULT '{}',
    questions          jsonb NOT NULL DEFAULT '[]',
    notes              jsonb NOT NULL DEFAULT '[]',
    error              text,
    requested_by       jsonb NOT NULL,
    request_id         text NOT NULL,
    requested_at       timestamptz NOT NULL,
    finished_at        timestamptz,
    version            integer NOT NULL DEFAULT 1,
    CONSTRAINT extraction_leased CHECK ((state = 'reading') = (lease_until IS NOT NULL)),
    CONSTRAINT extraction_refused CHECK ((state = 'refused') = (error IS NOT NULL)),
    CONSTRAINT extraction_asks CHECK ((state = 'needs_columns') = (jsonb_array_length(questions) > 0)),
    CONSTRAINT extraction_complete CHECK (state <> 'read' OR (row_count > 0 AND rows_read = row_count))
);
CREATE INDEX extraction_newest ON extraction (requested_at, id);
CREATE INDEX extraction_document ON extraction (document_id, requested_at, id);
CREATE INDEX extraction_waiting ON extraction (requested_at) WHERE state IN ('queued', 'reading');

-- What a person said that a heading means, for all files of the same lab; field NULL: the column is not read.
CREATE TABLE learnt_heading (
    lab_id    uuid NOT NULL,
    heading   text NOT NULL CHECK (heading <> ''),
    field     text,
    learnt_by text NOT NULL,
    learnt_at timestamptz NOT NULL,
    PRIMARY KEY (lab_id, heading)
);

-- An extraction as it is answered.
CREATE VIEW extraction_shown AS
SELECT e.id, e.lab_id, e.project_id, e.document_id, e.state, e.requested_at, e.version, d.filename,
    json_build_object('id', e.id, 'document_id', e.document_id, 'project_id', e.project_id, 'project_code', p.code,
        'lab_id', e.lab_id, 'filename', d.filename, 'state', e.state, 'row_count', e.row_count,
        'rows_read', e.rows_read, 'needs_review_count', e.needs_review_count, 'sheet', e.sheet, 'sheets', e.sheets,
        'header_row', e.header_row, 'columns', e.columns, 'header', e.header, 'questions', e.questions,
        'notes', e.notes, 'error', e.error, 'attempts', e.attempts, 'requested_by', e.requested_by ->> 'name',
        'requested_at', e.requested_at, 'finished_at', e.finished_at, 'version', e.version)::text AS item
FROM extraction e JOIN document d ON d.id = e.document_id JOIN project p ON p.id = e.project_id;
