-- What was read of run folders, which planned runs they are, and the reads of each barcode of each basecalling.

CREATE TABLE acquisition (
    id                  uuid PRIMARY KEY,
    reader              text NOT NULL CHECK (reader <> ''),
    folder              text NOT NULL CHECK (folder <> ''),
    state               text NOT NULL CHECK (state IN ('complete', 'writing', 'unfinished', 'empty', 'vanished', 'unreadable')),
    sentence            text NOT NULL CHECK (sentence <> ''),
    problems            text[] NOT NULL,
    files               jsonb NOT NULL,
    protocol_run_id     text NOT NULL,
    acquisition_run_ids text[] NOT NULL,
    experiment_id       text NOT NULL,
    sample_id           text NOT NULL,
    flow_cell_id        text NOT NULL,
    position            text NOT NULL,
    instrument          text NOT NULL,
    started_at          timestamptz,
    ended_at            timestamptz,
    reads               bigint CHECK (reads >= 0),
    bases               bigint CHECK (bases >= 0),
    pass_bases          bigint CHECK (pass_bases >= 0),
    n50_bases           bigint CHECK (n50_bases >= 0),
    mean_q              double precision,
    standing            text NOT NULL CHECK (standing IN ('matched', 'unmatched', 'aside')),
    run_id              uuid REFERENCES sequencing_run,
    matched_by          text NOT NULL,
    match_reason        text NOT NULL,
    candidates          jsonb NOT NULL,
    content_hash        text NOT NULL CHECK (length(content_hash) = 64),
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL DEFAULT 1,
    CONSTRAINT acquisition_of_a_run CHECK ((standing = 'matched') = (run_id IS NOT NULL)),
    CONSTRAINT acquisition_aside_with_reason CHECK (standing <> 'aside' OR match_reason <> '')
);
-- A protocol run is one acquisition, wherever its folder is moved; without it, the folder is what it is known by.
CREATE UNIQUE INDEX acquisition_of_protocol_run ON acquisition (protocol_run_id) WHERE protocol_run_id <> '';
CREATE UNIQUE INDEX acquisition_of_folder ON acquisition (reader, folder) WHERE protocol_run_id = '';
CREATE INDEX acquisition_in_folder ON acquisition (reader, folder);
CREATE INDEX acquisition_updated_sort ON acquisition (updated_at, id);
CREATE INDEX acquisition_run ON acquisition (run_id);

-- What was read last in full: distributions, times, channels. Of its own, so that lists do not carry it.
CREATE TABLE acquisition_detail (
    acquisition_id uuid PRIMARY KEY REFERENCES acquisition,
    reading        jsonb NOT NULL
);

CREATE TABLE acquisition_reading (
    id             uuid PRIMARY KEY,
    acquisition_id uuid NOT NULL REFERENCES acquisition,
    state          text NOT NULL,
    sentence       text NOT NULL,
    problems       text[] NOT NULL,
    reads          bigint,
    bases          bigint,
    content_hash   text NOT NULL,
    read_by        text NOT NULL CHECK (read_by <> ''),
    read_at        timestamptz NOT NULL
);
CREATE INDEX acquisition_reading_sort ON acquisition_reading (acquisition_id, read_at, id);
CREATE TRIGGER acquisition_reading_never_changes BEFORE UPDATE OR DELETE ON acquisition_reading
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Basecalling again is another basecall; what was read of one may grow while its run is being written.
CREATE TABLE basecall (
    id             uuid PRIMARY KEY,
    acquisition_id uuid NOT NULL REFERENCES acquisition,
    model          text NOT NULL,
    min_q          double precision CHECK (min_q >= 0),
    summary        text NOT NULL,
    reads          bigint NOT NULL CHECK (reads >= 0),
    bases          bigint NOT NULL CHECK (bases >= 0),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX basecall_once ON basecall (acquisition_id, model, coalesce(min_q, -1), summary);
CREATE INDEX basecall_created_sort ON basecall (created_at, id);

CREATE TABLE read_set (
    id          uuid PRIMARY KEY,
    basecall_id uuid NOT NULL REFERENCES basecall,
    run_id      uuid NOT NULL REFERENCES sequencing_run,
    kind        text NOT NULL CHECK (kind IN ('expected', 'unclassified', 'unexpected')),
    barcode     text COLLATE "C" NOT NULL,
    alias       text NOT NULL,
    sample_id   uuid REFERENCES sample,
    load_id     uuid REFERENCES flow_cell_load,
    reads       bigint NOT NULL CHECK (reads >= 0),
    bases       bigint NOT NULL CHECK (bases >= 0),
    pass_reads  bigint CHECK (pass_reads BETWEEN 0 AND reads),
    pass_bases  bigint CHECK (pass_bases BETWEEN 0 AND bases),
    n50_bases   bigint,
    mean_q      double precision,
    median_q    double precision,
    CONSTRAINT read_set_once UNIQUE (basecall_id, barcode, alias),
    CONSTRAINT read_set_of_a_sample CHECK ((kind = 'expected') = (sample_id IS NOT NULL))
);
CREATE INDEX read_set_barcode_sort ON read_set (barcode, id);
CREATE INDEX read_set_run ON read_set (run_id);
CREATE INDEX read_set_sample ON read_set (sample_id);
