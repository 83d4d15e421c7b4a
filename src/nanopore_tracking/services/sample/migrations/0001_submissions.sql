-- Labs, projects, catalogues, submissions and their sample rows.

-- The last number given in a series (`submission` by year, `project` without); a row lock keeps the numbers gapless.
CREATE TABLE counter (
    series text NOT NULL,
    year   integer NOT NULL,
    last   bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (series, year)
);

-- Own copies of the config service's catalogues, every version that was announced.
CREATE TABLE catalogue (
    name           text NOT NULL,
    version        integer NOT NULL CHECK (version > 0),
    effective_from date NOT NULL,
    entries        json NOT NULL,
    PRIMARY KEY (name, version)
);

-- The tenant: who may see what.
CREATE TABLE lab (
    id           uuid PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    pi_name      text NOT NULL CHECK (pi_name <> ''),
    pi_email     text NOT NULL,
    organisation text NOT NULL,
    active       boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX lab_name ON lab (lower(name));
CREATE INDEX lab_name_sort ON lab (name, id);
CREATE INDEX lab_updated_sort ON lab (updated_at, id);

CREATE TABLE project (
    id                  uuid PRIMARY KEY,
    code                text NOT NULL CONSTRAINT project_code UNIQUE CHECK (code <> ''),
    title               text NOT NULL CHECK (title <> ''),
    lab_id              uuid NOT NULL REFERENCES lab,
    status              text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed', 'archived')),
    data_classification text NOT NULL CHECK (data_classification IN ('open', 'controlled', 'human')),
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL DEFAULT 1,
    -- What belongs to a project names its lab as well, and cannot name another one.
    CONSTRAINT project_of_lab UNIQUE (id, lab_id)
);
CREATE INDEX project_lab ON project (lab_id);
CREATE INDEX project_code_sort ON project (code, id);
CREATE INDEX project_updated_sort ON project (updated_at, id);

CREATE TABLE submission (
    id                  uuid PRIMARY KEY,
    code                text NOT NULL CONSTRAINT submission_code UNIQUE,
    status              text NOT NULL
        CHECK (status IN ('reading', 'draft', 'under_review', 'accepted', 'rejected', 'cancelled')),
    project_id          uuid NOT NULL,
    lab_id              uuid NOT NULL,
    external_id         text NOT NULL,
    service_type        text NOT NULL,
    kit_requested       text NOT NULL,
    flow_cell_requested text NOT NULL,
    requester_name      text NOT NULL,
    requester_email     text NOT NULL,
    priority            text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    contains_human_dna  text NOT NULL CHECK (contains_human_dna IN ('unknown', 'no', 'yes')),
    material            text NOT NULL,
    organism            text NOT NULL,
    buffer              text NOT NULL,
    genome_size         text NOT NULL,
    target              text NOT NULL,
    comment             text NOT NULL,
    extraction_id       uuid CONSTRAINT submission_extraction UNIQUE,
    document_id         uuid,
    filename            text,
    sha256              text,
    header              json NOT NULL DEFAULT '{}',
    rows_announced      integer NOT NULL DEFAULT 0 CHECK (rows_announced >= 0),
    row_count           integer NOT NULL DEFAULT 0 CHECK (row_count >= 0),
    problems            json NOT NULL DEFAULT '[]',
    row_problems        json NOT NULL DEFAULT '[]',
    error_count         integer NOT NULL DEFAULT 0 CHECK (error_count >= 0),
    finding_count       integer NOT NULL DEFAULT 0 CHECK (finding_count >= 0),
    warning_count       integer NOT NULL DEFAULT 0 CHECK (warning_count >= 0),
    catalogue_versions  json NOT NULL DEFAULT '{}',
    created_by          text NOT NULL,
    decided_by          text,
    decided_at          timestamptz,
    reason              text,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL DEFAULT 1,
    FOREIGN KEY (project_id, lab_id) REFERENCES project (id, lab_id),
    CONSTRAINT submission_of_project UNIQUE (id, project_id, lab_id),
    CHECK ((extraction_id IS NULL) = (document_id IS NULL)),
    CHECK ((extraction_id IS NULL) = (filename IS NULL)),
    CHECK ((extraction_id IS NULL) = (sha256 IS NULL)),
    CHECK ((status IN ('accepted', 'rejected', 'cancelled')) = (decided_at IS NOT NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status NOT IN ('rejected', 'cancelled') OR reason <> ''),
    CONSTRAINT accepted_without_errors CHECK (status <> 'accepted' OR error_count = 0),
    CONSTRAINT accepted_with_reason CHECK (status <> 'accepted' OR finding_count = 0 OR reason <> ''),
    CONSTRAINT accepted_with_rows CHECK (status <> 'accepted' OR row_count > 0)
);
CREATE INDEX submission_lab ON submission (lab_id, updated_at, id);
CREATE INDEX submission_project ON submission (project_id);
CREATE INDEX submission_status ON submission (status, updated_at, id);
CREATE INDEX submission_sha256 ON submission (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX submission_updated_sort ON submission (updated_at, id);
CREATE INDEX submission_created_sort ON submission (created_at, id);
CREATE INDEX submission_code_sort ON submission (code, id);

-- One sample row: what was submitted never changes; corrections lie beside it.
CREATE TABLE submission_row (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    submission_id uuid NOT NULL REFERENCES submission,
    row_number    integer NOT NULL CHECK (row_number > 0),
    submitted     json NOT NULL,
    corrections   json NOT NULL DEFAULT '{}',
    values        json NOT NULL,
    alias         text NOT NULL CHECK (alias ~ '^[A-Za-z0-9_-]{1,40}$'),
    alias_key     text NOT NULL,
    problems      json NOT NULL DEFAULT '[]',
    levels        text[] NOT NULL DEFAULT '{}' CHECK (levels <@ '{error,finding,warning}'),
    sample_id     uuid CONSTRAINT submission_row_sample UNIQUE,
    sample_code   text,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT submission_row_number UNIQUE (submission_id, row_number),
    CHECK ((sample_id IS NULL) = (sample_code IS NULL))
);
CREATE INDEX submission_row_alias ON submission_row (submission_id, alias_key);
CREATE INDEX submission_row_problems ON submission_row (submission_id, row_number) WHERE levels <> '{}';

CREATE FUNCTION refuse_row_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'row % of submission % is kept as it was submitted: % is refused',
        OLD.row_number, OLD.submission_id, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER submitted_never_changes BEFORE UPDATE OF submitted ON submission_row
    FOR EACH ROW EXECUTE FUNCTION refuse_row_change();
CREATE TRIGGER accepted_row_never_changes BEFORE UPDATE OR DELETE ON submission_row
    FOR EACH ROW WHEN (OLD.sample_id IS NOT NULL) EXECUTE FUNCTION refuse_row_change();
