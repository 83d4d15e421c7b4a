-- What was loaded on flow cells, and the runs that are planned on them with their sample sheets.

CREATE TABLE sequencing_run (
    id              uuid PRIMARY KEY,
    code            text COLLATE "C" NOT NULL CONSTRAINT sequencing_run_code UNIQUE CHECK (code ~ '^R[0-9]{2}-[0-9]{6,}$'),
    state           text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'sheet_issued', 'starting', 'running',
        'paused', 'completed', 'stopped_by_user', 'failed', 'disk_full', 'device_disconnected', 'analysed', 'cancelled')),
    state_reason    text NOT NULL DEFAULT '',
    purpose         text NOT NULL CHECK (purpose IN ('production', 'qc', 'test', 'rerun')),
    -- What MinKNOW calls protocol group and sample; made from codes, never typed.
    experiment_id   text NOT NULL CHECK (experiment_id ~ '^[A-Za-z0-9_-]{1,40}$'),
    sample_id       text NOT NULL CHECK (sample_id ~ '^[A-Za-z0-9_-]{1,40}$'),
    pool_id         uuid REFERENCES pool,
    library_id      uuid REFERENCES library,
    flow_cell_id    uuid NOT NULL REFERENCES flow_cell,
    position_id     uuid NOT NULL REFERENCES instrument_position,
    kits            text[] NOT NULL CHECK (kits <> '{}'),
    run_minutes     integer NOT NULL CHECK (run_minutes > 0),
    min_qscore      double precision NOT NULL CHECK (min_qscore >= 0),
    volume_ul       double precision CHECK (volume_ul > 0),
    override_reason text NOT NULL,
    note            text NOT NULL,
    start_count     integer NOT NULL DEFAULT 0 CHECK (start_count >= 0),
    protocol_run_id text CONSTRAINT sequencing_run_protocol UNIQUE CHECK (protocol_run_id <> ''),
    started_at      timestamptz,
    ended_at        timestamptz,
    end_reason      text NOT NULL DEFAULT '',
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT run_of_one_thing CHECK ((pool_id IS NULL) <> (library_id IS NULL)),
    CONSTRAINT run_is_known_to_minknow CHECK (protocol_run_id IS NOT NULL OR state IN ('planned', 'sheet_issued', 'starting',
        'failed', 'cancelled'))
);
CREATE INDEX sequencing_run_updated_sort ON sequencing_run (updated_at, id);
CREATE INDEX sequencing_run_cell ON sequencing_run (flow_cell_id);
CREATE INDEX sequencing_run_pool ON sequencing_run (pool_id);
CREATE INDEX sequencing_run_library ON sequencing_run (library_id);

-- The barcodes that a run under way has reserved on its flow cell.
CREATE TABLE run_barcode (
    flow_cell_id uuid NOT NULL REFERENCES flow_cell,
    sequence_key text COLLATE "C" NOT NULL,
    run_id       uuid NOT NULL REFERENCES sequencing_run,
    CONSTRAINT run_barcode_once PRIMARY KEY (flow_cell_id, sequence_key)
);
CREATE INDEX run_barcode_run ON run_barcode (run_id);

-- Issued sheets stay as they were; content_hash: of all that the sheet says, so that a stale one is known.
CREATE TABLE run_sheet (
    id           uuid PRIMARY KEY,
    run_id       uuid NOT NULL REFERENCES sequencing_run,
    profile      text NOT NULL CHECK (profile IN ('minknow_ui', 'minknow_api', 'dorado', 'epi2me')),
    content_hash text NOT NULL CHECK (length(content_hash) = 64),
    text         text NOT NULL CHECK (text <> ''),
    issued_by    text NOT NULL CHECK (issued_by <> ''),
    issued_at    timestamptz NOT NULL
);
CREATE INDEX run_sheet_run ON run_sheet (run_id, issued_at, id);
CREATE TRIGGER run_sheet_never_changes BEFORE UPDATE OR DELETE ON run_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE TABLE flow_cell_load (
    id                   uuid PRIMARY KEY,
    flow_cell_id         uuid NOT NULL REFERENCES flow_cell,
    ordinal              integer NOT NULL CHECK (ordinal > 0),
    kind                 text NOT NULL CHECK (kind IN ('load', 'reload', 'wash', 'flush')),
    pool_id              uuid REFERENCES pool,
    library_id           uuid REFERENCES library,
    run_id               uuid REFERENCES sequencing_run,
    loaded               text NOT NULL,
    volume_ul            double precision CHECK (volume_ul > 0),
    fmol                 double precision CHECK (fmol >= 0),
    amount_formula       text,
    library_remaining_ul double precision,
    lots                 text[] NOT NULL,
    carry_over           text[] NOT NULL,
    passed_over          text[] NOT NULL,
    reason               text NOT NULL,
    note                 text NOT NULL,
    operator             text NOT NULL CHECK (operator <> ''),
    loaded_at            timestamptz NOT NULL,
    recorded_at          timestamptz NOT NULL,
    CONSTRAINT flow_cell_load_order UNIQUE (flow_cell_id, ordinal),
    CONSTRAINT load_of_one_thing CHECK (CASE WHEN kind IN ('load', 'reload') THEN (pool_id IS NULL) <> (library_id IS NULL)
        AND volume_ul IS NOT NULL ELSE pool_id IS NULL AND library_id IS NULL END),
    CONSTRAINT load_override_with_reason CHECK ((carry_over = '{}' AND passed_over = '{}') OR reason <> '')
);
CREATE INDEX flow_cell_load_pool ON flow_cell_load (pool_id);
CREATE INDEX flow_cell_load_library ON flow_cell_load (library_id);
CREATE TRIGGER flow_cell_load_never_changes BEFORE UPDATE OR DELETE ON flow_cell_load
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- The barcodes that were ever on a flow cell: what a later load is compared with, whatever was washed between.
CREATE TABLE flow_cell_barcode (
    load_id      uuid NOT NULL REFERENCES flow_cell_load,
    flow_cell_id uuid NOT NULL REFERENCES flow_cell,
    sequence_key text COLLATE "C" NOT NULL,
    kit          text NOT NULL,
    barcode      text NOT NULL,
    alias        text NOT NULL,
    sample_id    uuid NOT NULL REFERENCES sample,
    PRIMARY KEY (load_id, sequence_key)
);
CREATE INDEX flow_cell_barcode_used ON flow_cell_barcode (flow_cell_id, sequence_key);
CREATE TRIGGER flow_cell_barcode_never_changes BEFORE UPDATE OR DELETE ON flow_cell_barcode
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
