-- What agents tell of instruments while they sequence: hosts, positions, acquisitions, and one row for each minute.

-- A run that is told live waits in the same queue as a folder that was read, and becomes that when its folder is.
ALTER TABLE acquisition DROP CONSTRAINT acquisition_state_check;
ALTER TABLE acquisition ADD CONSTRAINT acquisition_state_check
    CHECK (state IN ('live', 'complete', 'writing', 'unfinished', 'empty', 'vanished', 'unreadable'));

CREATE TABLE live_host (
    id            uuid PRIMARY KEY,
    agent         text NOT NULL CHECK (agent <> ''),
    host          text NOT NULL CHECK (host <> ''),
    agent_version text NOT NULL,
    core_version  text NOT NULL,
    reached       boolean NOT NULL,
    sentence      text NOT NULL,
    reached_at    timestamptz,
    heard_at      timestamptz NOT NULL,
    CONSTRAINT live_host_once UNIQUE (agent, host)
);

-- position_id: what the facility calls it, where its name is one position's alone.
CREATE TABLE live_position (
    id             uuid PRIMARY KEY,
    host_id        uuid NOT NULL REFERENCES live_host,
    name           text COLLATE "C" NOT NULL CHECK (name <> ''),
    state          text NOT NULL,
    sentence       text NOT NULL,
    flow_cell_id   text NOT NULL,
    product_code   text NOT NULL,
    position_id    uuid REFERENCES instrument_position,
    acquisition_id uuid REFERENCES acquisition,
    heard_at       timestamptz NOT NULL,
    CONSTRAINT live_position_once UNIQUE (host_id, name)
);
CREATE INDEX live_position_name_sort ON live_position (name, id);

-- One acquisition of MinKNOW (run_id: 40 hex digits) of a protocol run. minute: the last that is known; data_at: when
-- it came; told_at, told_minute: of what pages were told last.
CREATE TABLE live_acquisition (
    id             uuid PRIMARY KEY,
    run_id         text NOT NULL CHECK (run_id <> ''),
    acquisition_id uuid NOT NULL REFERENCES acquisition,
    host_id        uuid NOT NULL REFERENCES live_host,
    state          text NOT NULL,
    phase          text NOT NULL,
    stop_reason    text NOT NULL,
    model          text NOT NULL,
    kit            text NOT NULL,
    started_at     timestamptz,
    ended_at       timestamptz,
    minute         integer CHECK (minute >= 0),
    data_at        timestamptz,
    told_at        timestamptz,
    told_minute    integer,
    reads          bigint NOT NULL DEFAULT 0 CHECK (reads >= 0),
    bases          bigint NOT NULL DEFAULT 0 CHECK (bases >= 0),
    pass_reads     bigint NOT NULL DEFAULT 0 CHECK (pass_reads >= 0),
    pass_bases     bigint NOT NULL DEFAULT 0 CHECK (pass_bases >= 0),
    n50_bases      bigint CHECK (n50_bases >= 0),
    scans          jsonb NOT NULL,
    lengths        jsonb NOT NULL,
    qualities      jsonb NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX live_acquisition_run ON live_acquisition (run_id);
CREATE INDEX live_acquisition_of ON live_acquisition (acquisition_id, created_at, id);
CREATE INDEX live_acquisition_data ON live_acquisition (data_at);

-- Since the start of the acquisition until the end of the minute. barcodes: passed bases by
-- name; pores: shares of time.
CREATE TABLE live_tick (
    id          uuid PRIMARY KEY,
    live_id     uuid NOT NULL REFERENCES live_acquisition,
    minute      integer NOT NULL CHECK (minute >= 0),
    reads       bigint NOT NULL CHECK (reads >= 0),
    bases       bigint NOT NULL CHECK (bases >= 0),
    pass_reads  bigint NOT NULL CHECK (pass_reads BETWEEN 0 AND reads),
    pass_bases  bigint NOT NULL CHECK (pass_bases BETWEEN 0 AND bases),
    barcodes    jsonb NOT NULL,
    pores       jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT live_tick_once UNIQUE (live_id, minute)
);
CREATE INDEX live_tick_minute_sort ON live_tick (minute, id);

-- The last that is known of each barcode, and whose it is while it is known which run it is.
CREATE TABLE live_barcode (
    id         uuid PRIMARY KEY,
    live_id    uuid NOT NULL REFERENCES live_acquisition,
    barcode    text COLLATE "C" NOT NULL,
    alias      text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('expected', 'unclassified', 'unexpected')),
    sample_id  uuid REFERENCES sample,
    reads      bigint NOT NULL CHECK (reads >= 0),
    bases      bigint NOT NULL CHECK (bases >= 0),
    pass_reads bigint NOT NULL CHECK (pass_reads BETWEEN 0 AND reads),
    pass_bases bigint NOT NULL CHECK (pass_bases BETWEEN 0 AND bases),
    CONSTRAINT live_barcode_once UNIQUE (live_id, barcode, alias)
);
CREATE INDEX live_barcode_sample ON live_barcode (sample_id);
