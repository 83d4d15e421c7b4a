-- Samples, what was measured of them, where their tubes are, what was done at each stage, and how they were moved.

CREATE TABLE sample (
    id                           uuid PRIMARY KEY,
    code                         text COLLATE "C" NOT NULL CONSTRAINT sample_code UNIQUE
        CHECK (code ~ '^S[0-9]{2}-[0-9]{6,}$'),
    name                         text NOT NULL CHECK (name <> ''),
    alias                        text NOT NULL CHECK (alias ~ '^[A-Za-z0-9_-]{1,40}$'),
    kind                         text NOT NULL
        CHECK (kind IN ('test_sample', 'positive_control', 'negative_control', 'no_template_control')),
    material                     text NOT NULL,
    organism                     text NOT NULL,
    lab_id                       uuid NOT NULL,
    project_id                   uuid NOT NULL,
    submission_id                uuid,
    row_number                   integer CHECK (row_number > 0),
    service_type                 text NOT NULL,
    submitted_volume_ul          double precision CHECK (submitted_volume_ul >= 0),
    submitted_qubit_ng_per_ul    double precision CHECK (submitted_qubit_ng_per_ul >= 0),
    submitted_nanodrop_ng_per_ul double precision CHECK (submitted_nanodrop_ng_per_ul >= 0),
    submitted_a260_a280          double precision CHECK (submitted_a260_a280 >= 0),
    submitted_a260_a230          double precision CHECK (submitted_a260_a230 >= 0),
    submitted_fragment_bp        double precision CHECK (submitted_fragment_bp > 0),
    submitted_buffer             text NOT NULL,
    submitted_comment            text NOT NULL,
    created_by                   text NOT NULL,
    created_at                   timestamptz NOT NULL,
    -- What stands above never changes; what follows does.
    container_barcode            text COLLATE "C" CONSTRAINT sample_container_barcode UNIQUE
        CHECK (container_barcode <> ''),
    priority                     text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    -- The most urgent first, so that an index can follow the queue.
    urgency                      smallint NOT NULL GENERATED ALWAYS AS (
        CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'normal' THEN 3 ELSE 4 END) STORED,
    assignee                     text NOT NULL,
    comment                      text NOT NULL DEFAULT '',
    stage                        text NOT NULL DEFAULT 'expected' CHECK (stage IN (
        'expected', 'received', 'sample_qc', 'library_prep', 'library_qc', 'sequencing_setup', 'sequencing_run',
        'basecalling', 'quality_assessment', 'data_delivery', 'delivered', 'archived')),
    status                       text NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'active', 'on_hold', 'done', 'failed', 'cancelled')),
    exit                         text CHECK (exit IN ('never_arrived', 'damaged', 'failed', 'cancelled')),
    status_reason                text NOT NULL DEFAULT '',
    resumes_as                   text CHECK (resumes_as IN ('queued', 'active')),
    stage_entered_at             timestamptz NOT NULL,
    -- What counts now: the accepted measurement for the fields named in `measured`, else what was submitted.
    volume_ul                    double precision,
    qubit_ng_per_ul              double precision,
    a260_a280                    double precision,
    a260_a230                    double precision,
    fragment_bp                  double precision,
    measured                     text[] NOT NULL DEFAULT '{}',
    out_of_range                 text[] NOT NULL DEFAULT '{}',
    location                     text NOT NULL DEFAULT '',
    custody_count                integer NOT NULL DEFAULT 0 CHECK (custody_count >= 0),
    library_count                integer NOT NULL DEFAULT 0 CHECK (library_count >= 0),
    -- The words of the name and the alias, for searching.
    words                        tsvector NOT NULL,
    updated_at                   timestamptz NOT NULL,
    version                      integer NOT NULL DEFAULT 1,
    FOREIGN KEY (project_id, lab_id) REFERENCES project (id, lab_id),
    FOREIGN KEY (submission_id, project_id, lab_id) REFERENCES submission (id, project_id, lab_id),
    CONSTRAINT sample_of_row UNIQUE (submission_id, row_number),
    CHECK ((submission_id IS NULL) = (row_number IS NULL)),
    CONSTRAINT sample_done_at_the_end CHECK ((status = 'done') = (stage IN ('delivered', 'archived'))),
    CONSTRAINT sample_exit_as_status CHECK (CASE WHEN exit IS NULL THEN status NOT IN ('failed', 'cancelled')
        WHEN exit IN ('damaged', 'failed') THEN status = 'failed' ELSE status = 'cancelled' END),
    CONSTRAINT sample_resumes_from_hold CHECK ((status = 'on_hold') = (resumes_as IS NOT NULL)),
    CONSTRAINT sample_stopped_with_reason
        CHECK (status NOT IN ('on_hold', 'failed', 'cancelled') OR status_reason <> '')
);
CREATE INDEX sample_updated_sort ON sample (updated_at, id);
CREATE INDEX sample_name_sort ON sample (lower(name) COLLATE "C", id);
CREATE INDEX sample_urgency_sort ON sample (urgency, id);
CREATE INDEX sample_lab ON sample (lab_id, updated_at, id);
CREATE INDEX sample_project ON sample (project_id, updated_at, id);
CREATE INDEX sample_stage ON sample (stage, updated_at, id);
CREATE INDEX sample_status ON sample (status, updated_at, id);
CREATE INDEX sample_assignee ON sample (assignee, updated_at, id) WHERE assignee <> '';
CREATE INDEX sample_counts ON sample (lab_id, stage, status);
CREATE INDEX sample_board ON sample (stage, urgency, stage_entered_at, id)
    WHERE status IN ('queued', 'active', 'on_hold');
-- Without a pending list: a search must not wait for one to be read.
CREATE INDEX sample_words ON sample USING gin (words) WITH (fastupdate = off);

-- Numbers of the counter that no sample has yet: each is taken by one transaction, and is here again when that one is
-- rolled back. What is in no code and not in here does not exist, so that every gap in the codes can be explained.
CREATE TABLE spare_number (
    year   integer NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    PRIMARY KEY (year, number)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE FUNCTION refuse_sample_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was submitted as % stays as it is: % is refused', OLD.code, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER submitted_never_changes BEFORE DELETE OR UPDATE OF id, code, name, alias, kind, material, organism, lab_id,
    project_id, submission_id, row_number, service_type, submitted_volume_ul, submitted_qubit_ng_per_ul,
    submitted_nanodrop_ng_per_ul, submitted_a260_a280, submitted_a260_a230, submitted_fragment_bp, submitted_buffer,
    submitted_comment, created_by, created_at
    ON sample FOR EACH ROW EXECUTE FUNCTION refuse_sample_change();

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is recorded in % is only added to: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Work that was done at a stage; `details` has the fields of its kind. A later one supersedes an earlier one.
CREATE TABLE stage_record (
    id            uuid PRIMARY KEY,
    sample_id     uuid NOT NULL REFERENCES sample,
    kind          text NOT NULL CHECK (kind IN ('library', 'loading', 'run', 'basecalling', 'decision', 'delivery')),
    stage         text NOT NULL,
    code          text NOT NULL CHECK ((code <> '') = (kind = 'library')),
    details       json NOT NULL,
    -- Copies of details that other samples are compared with.
    pool          text CHECK (pool <> ''),
    experiment_id text CHECK (experiment_id <> ''),
    recorded_by   text NOT NULL,
    recorded_at   timestamptz NOT NULL,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX stage_record_current ON stage_record (sample_id, kind, stage) WHERE superseded_at IS NULL;
CREATE INDEX stage_record_sample ON stage_record (sample_id, recorded_at, id);
CREATE INDEX stage_record_pool ON stage_record (pool) WHERE superseded_at IS NULL AND pool IS NOT NULL;
CREATE INDEX stage_record_experiment ON stage_record (experiment_id)
    WHERE superseded_at IS NULL AND experiment_id IS NOT NULL;
CREATE TRIGGER record_never_changes BEFORE DELETE OR UPDATE OF id, sample_id, kind, stage, code, details, pool,
    experiment_id, recorded_by, recorded_at ON stage_record FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER record_stays_superseded BEFORE UPDATE ON stage_record
    FOR EACH ROW WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION refuse_history_change();

-- Measurements; `counts` is false for a concentration that is not fluorometric. Which one is accepted follows from them.
CREATE TABLE measurement (
    id           uuid PRIMARY KEY,
    sample_id    uuid NOT NULL REFERENCES sample,
    subject      text NOT NULL CHECK (subject IN ('sample', 'library', 'pool')),
    subject_code text NOT NULL CHECK (subject_code <> ''),
    quantity     text NOT NULL,
    value        double precision NOT NULL CHECK (value >= 0),
    unit         text NOT NULL,
    method       text NOT NULL,
    counts       boolean NOT NULL CHECK (NOT (counts AND quantity = 'concentration' AND method NOT LIKE 'qubit\_%')),
    instrument   text NOT NULL,
    kit_lot      text NOT NULL,
    operator     text NOT NULL CHECK (operator <> ''),
    measured_at  timestamptz NOT NULL,
    replaces     uuid CONSTRAINT measurement_replaced_once UNIQUE REFERENCES measurement,
    note         text NOT NULL,
    recorded_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL
);
CREATE INDEX measurement_sample ON measurement (sample_id, recorded_at, id);
CREATE TRIGGER measurement_never_changes BEFORE UPDATE OR DELETE ON measurement
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE TABLE measurement_invalidation (
    measurement_id uuid CONSTRAINT measurement_invalid_once PRIMARY KEY REFERENCES measurement,
    reason         text NOT NULL CHECK (reason <> ''),
    invalid_by     text NOT NULL,
    invalid_at     timestamptz NOT NULL
);
CREATE TRIGGER invalidation_never_changes BEFORE UPDATE OR DELETE ON measurement_invalidation
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE TABLE custody_event (
    id            uuid PRIMARY KEY,
    sample_id     uuid NOT NULL REFERENCES sample,
    sequence      integer NOT NULL CHECK (sequence > 0),
    kind          text NOT NULL CHECK (kind IN ('received', 'stored', 'moved', 'checked_out', 'checked_in', 'thawed',
        'returned', 'destroyed', 'lost', 'damaged')),
    location      text NOT NULL CHECK (location <> '' OR kind NOT IN ('stored', 'moved', 'checked_in')),
    condition     text CHECK (condition <> ''),
    temperature_c double precision CHECK (temperature_c >= -273.15),
    person        text NOT NULL CHECK (person <> ''),
    witness       text NOT NULL,
    note          text NOT NULL CHECK (note <> '' OR kind NOT IN ('returned', 'destroyed', 'lost', 'damaged')),
    happened_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT custody_sequence UNIQUE (sample_id, sequence),
    CHECK (kind <> 'received' OR condition IS NOT NULL)
);
CREATE TRIGGER custody_never_changes BEFORE UPDATE OR DELETE ON custody_event
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER custody_never_truncated BEFORE TRUNCATE ON custody_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();

-- Every transition with what it was judged by.
CREATE TABLE stage_change (
    id                 uuid PRIMARY KEY,
    sample_id          uuid NOT NULL REFERENCES sample,
    before_stage       text NOT NULL,
    before_status      text NOT NULL,
    stage              text NOT NULL,
    status             text NOT NULL,
    direction          text NOT NULL CHECK (direction IN ('on', 'back', 'out', 'hold', 'resume')),
    reason             text NOT NULL CHECK (reason <> '' OR direction IN ('on', 'resume')),
    missing            text[] NOT NULL,
    figures            json NOT NULL,
    catalogue_versions json NOT NULL,
    changed_by         text NOT NULL,
    changed_at         timestamptz NOT NULL,
    CONSTRAINT override_with_reason CHECK (missing = '{}' OR (direction = 'on' AND reason <> ''))
);
CREATE INDEX stage_change_sample ON stage_change (sample_id, changed_at, id);
CREATE TRIGGER stage_change_never_changes BEFORE UPDATE OR DELETE ON stage_change
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
