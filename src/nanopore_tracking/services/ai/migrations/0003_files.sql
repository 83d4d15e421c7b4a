-- Files that belong to submissions.

-- The ai service's own copy of submissions, kept by the events of the sample service.
CREATE TABLE submission (
    id         uuid PRIMARY KEY,
    code       text NOT NULL,
    project_id uuid NOT NULL,
    lab_id     uuid NOT NULL,
    status     text NOT NULL
);

-- The content lies in the file store under its SHA-256 sum, also of what was removed.
CREATE TABLE submission_file (
    id            uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES submission,
    filename      text NOT NULL CHECK (filename <> ''),
    kind          text NOT NULL CHECK (kind IN ('pdf', 'png', 'jpeg', 'tiff', 'xlsx', 'docx', 'text')),
    purpose       text NOT NULL CHECK (purpose IN ('protocol', 'gel_picture', 'qc_report', 'other')),
    size_bytes    bigint NOT NULL CHECK (size_bytes > 0),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    uploaded_by   text NOT NULL,
    uploaded_at   timestamptz NOT NULL,
    removed_by    text,
    removed_at    timestamptz,
    version       integer NOT NULL DEFAULT 1,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE INDEX submission_file_uploaded ON submission_file (uploaded_at, id) WHERE removed_at IS NULL;
CREATE INDEX submission_file_of ON submission_file (submission_id, uploaded_at, id) WHERE removed_at IS NULL;
