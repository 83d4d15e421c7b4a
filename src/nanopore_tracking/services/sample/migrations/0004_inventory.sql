-- What the facility has: lots of reagents, instruments and their positions, flow cells. None of it belongs to a lab.

CREATE TABLE kit_lot (
    id              uuid PRIMARY KEY,
    kit_code        text COLLATE "C" NOT NULL CHECK (kit_code <> ''),
    lot             text NOT NULL CHECK (lot <> ''),
    category        text NOT NULL CHECK (category IN ('library_kit', 'consumable')),
    received_on     date NOT NULL,
    expires_on      date NOT NULL,
    opened_on       date,
    reactions_total integer NOT NULL CHECK (reactions_total > 0),
    reactions_used  integer NOT NULL DEFAULT 0,
    location        text NOT NULL,
    note            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('sealed', 'open', 'used_up', 'discarded')),
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT kit_lot_number UNIQUE (kit_code, lot),
    CONSTRAINT kit_lot_never_overdrawn CHECK (reactions_used BETWEEN 0 AND reactions_total),
    CONSTRAINT kit_lot_used_up CHECK ((state = 'used_up') = (reactions_used = reactions_total AND state <> 'discarded')),
    CHECK (expires_on >= received_on),
    CHECK (state <> 'sealed' OR reactions_used = 0)
);
CREATE INDEX kit_lot_updated_sort ON kit_lot (updated_at, id);
CREATE INDEX kit_lot_expires_sort ON kit_lot (expires_on, id);

-- Every use says what it was for; of an expired lot also why.
CREATE TABLE kit_lot_use (
    id         uuid PRIMARY KEY,
    kit_lot_id uuid NOT NULL REFERENCES kit_lot,
    kind       text NOT NULL CHECK (kind IN ('library', 'wash', 'priming', 'loading', 'check', 'other')),
    used_for   text NOT NULL CHECK (used_for <> ''),
    reactions  integer NOT NULL CHECK (reactions > 0),
    reason     text NOT NULL,
    used_by    text NOT NULL CHECK (used_by <> ''),
    used_at    timestamptz NOT NULL
);
CREATE INDEX kit_lot_use_lot ON kit_lot_use (kit_lot_id, used_at, id);
CREATE TRIGGER kit_lot_use_never_changes BEFORE UPDATE OR DELETE ON kit_lot_use
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Kinds of instruments are data: these are shipped, a facility adds its own. `{serial}` stands for the serial number.
CREATE TABLE instrument_kind (
    id        uuid PRIMARY KEY,
    code      text COLLATE "C" NOT NULL CONSTRAINT instrument_kind_code UNIQUE CHECK (code <> ''),
    name      text NOT NULL CHECK (name <> ''),
    positions text[] NOT NULL,
    takes     text[] NOT NULL CHECK (takes <@ '{Flongle,MinION,PromethION}' AND takes <> '{}'),
    shipped   boolean NOT NULL
);
INSERT INTO instrument_kind (id, code, name, positions, takes, shipped)
SELECT gen_random_uuid(), k.code, k.name, k.positions, k.takes, true
FROM (VALUES
    ('minion_mk1b', 'MinION Mk1B', '{"{serial}"}'::text[], '{MinION,Flongle}'::text[]),
    ('minion_mk1d', 'MinION Mk1D', '{"{serial}"}', '{MinION,Flongle}'),
    ('gridion', 'GridION', '{X1,X2,X3,X4,X5}', '{MinION,Flongle}'),
    ('p2_solo', 'PromethION 2 Solo', '{"{serial}-A","{serial}-B"}', '{PromethION}'),
    ('promethion_24', 'PromethION 24', ARRAY(SELECT c || r FROM generate_series(1, 3) c,
        unnest('{A,B,C,D,E,F,G,H}'::text[]) r ORDER BY c, r), '{PromethION}'),
    ('promethion_48', 'PromethION 48', ARRAY(SELECT c || r FROM generate_series(1, 6) c,
        unnest('{A,B,C,D,E,F,G,H}'::text[]) r ORDER BY c, r), '{PromethION}'),
    ('flongle_adapter', 'Flongle adapter', '{}', '{Flongle}')
) AS k (code, name, positions, takes);

CREATE TABLE instrument (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    kind       text NOT NULL REFERENCES instrument_kind (code),
    serial     text NOT NULL,
    host       text NOT NULL,
    api_port   integer CHECK (api_port BETWEEN 1 AND 65535),
    note       text NOT NULL,
    state      text NOT NULL DEFAULT 'in_service' CHECK (state IN ('in_service', 'in_maintenance', 'retired')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX instrument_name ON instrument (lower(name));
CREATE INDEX instrument_updated_sort ON instrument (updated_at, id);
CREATE INDEX instrument_name_sort ON instrument (name, id);

-- held_by: the code of the run that has reserved the position or is on it, so that no two can.
CREATE TABLE instrument_position (
    id            uuid PRIMARY KEY,
    instrument_id uuid NOT NULL REFERENCES instrument,
    ordinal       integer NOT NULL CHECK (ordinal > 0),
    name          text NOT NULL CHECK (name <> ''),
    state         text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'out_of_order')),
    note          text NOT NULL DEFAULT '',
    held_by       text CHECK (held_by <> ''),
    CONSTRAINT instrument_position_name UNIQUE (instrument_id, name),
    CONSTRAINT instrument_position_order UNIQUE (instrument_id, ordinal)
);
CREATE UNIQUE INDEX instrument_position_held ON instrument_position (held_by) WHERE held_by IS NOT NULL;

-- flow_cell_id is what is printed on it and burnt into it; one that is only ordered has none yet.
CREATE TABLE flow_cell (
    id              uuid PRIMARY KEY,
    flow_cell_id    text COLLATE "C" CONSTRAINT flow_cell_printed_id UNIQUE CHECK (flow_cell_id <> ''),
    product_code    text COLLATE "C" NOT NULL CHECK (product_code <> ''),
    device          text NOT NULL CHECK (device IN ('Flongle', 'MinION', 'PromethION')),
    lot             text NOT NULL,
    purchased_on    date NOT NULL,
    received_on     date,
    expires_on      date,
    -- The last day of the warranty's check, and what a new one must have, by the catalogue of its receipt.
    check_by        date NOT NULL,
    warranty_pores  integer NOT NULL CHECK (warranty_pores > 0),
    report_days     integer NOT NULL CHECK (report_days > 0),
    storage         text NOT NULL,
    note            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('ordered', 'received', 'checked_ok', 'check_failed', 'in_use', 'washed',
        'spent', 'returned', 'discarded', 'expired')),
    pores_available integer CHECK (pores_available >= 0),
    check_count     integer NOT NULL DEFAULT 0 CHECK (check_count >= 0),
    load_count      integer NOT NULL DEFAULT 0 CHECK (load_count >= 0),
    event_count     integer NOT NULL DEFAULT 0 CHECK (event_count >= 0),
    held_by         text CHECK (held_by <> ''),
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT flow_cell_is_named CHECK (flow_cell_id IS NOT NULL OR state IN ('ordered', 'discarded')),
    CONSTRAINT flow_cell_came CHECK ((received_on IS NOT NULL) OR state IN ('ordered', 'discarded')),
    CONSTRAINT flow_cell_was_checked CHECK (state NOT IN ('checked_ok', 'check_failed') OR pores_available IS NOT NULL),
    CONSTRAINT flow_cell_was_loaded CHECK (state NOT IN ('in_use', 'washed') OR load_count > 0),
    CHECK (check_by >= purchased_on),
    CHECK (received_on >= purchased_on)
);
CREATE INDEX flow_cell_updated_sort ON flow_cell (updated_at, id);
CREATE INDEX flow_cell_product_sort ON flow_cell (product_code, id);
CREATE INDEX flow_cell_check_sort ON flow_cell (check_by, id);
CREATE INDEX flow_cell_state ON flow_cell (state, updated_at, id);

-- Checks are only added; passed: it had at least what a new one must have.
CREATE TABLE flow_cell_check (
    id              uuid PRIMARY KEY,
    flow_cell_id    uuid NOT NULL REFERENCES flow_cell,
    ordinal         integer NOT NULL CHECK (ordinal > 0),
    pores_available integer NOT NULL CHECK (pores_available >= 0),
    pores_by_mux    integer[] CHECK (cardinality(pores_by_mux) <= 4),
    threshold_pores integer NOT NULL CHECK (threshold_pores > 0),
    passed          boolean NOT NULL,
    position        text NOT NULL,
    minknow_run_id  text NOT NULL,
    note            text NOT NULL,
    checked_by      text NOT NULL CHECK (checked_by <> ''),
    checked_at      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    CONSTRAINT flow_cell_check_order UNIQUE (flow_cell_id, ordinal),
    CONSTRAINT flow_cell_check_verdict CHECK (passed = (pores_available >= threshold_pores))
);
CREATE TRIGGER flow_cell_check_never_changes BEFORE UPDATE OR DELETE ON flow_cell_check
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- A failing check within the warranty is a task: to report it to the vendor in time.
CREATE TABLE flow_cell_claim (
    id           uuid PRIMARY KEY,
    flow_cell_id uuid NOT NULL REFERENCES flow_cell,
    check_id     uuid NOT NULL CONSTRAINT flow_cell_claim_check UNIQUE REFERENCES flow_cell_check,
    deadline     timestamptz NOT NULL,
    reported_at  timestamptz,
    reported_by  text NOT NULL DEFAULT '',
    reference    text NOT NULL DEFAULT '',
    note         text NOT NULL DEFAULT '',
    opened_at    timestamptz NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT flow_cell_claim_reported CHECK ((reported_at IS NULL) = (reported_by = ''))
);
CREATE INDEX flow_cell_claim_deadline ON flow_cell_claim (deadline, id);
CREATE INDEX flow_cell_claim_cell ON flow_cell_claim (flow_cell_id);

-- The ledger: everything that ever happened to a flow cell.
CREATE TABLE flow_cell_event (
    id           uuid PRIMARY KEY,
    flow_cell_id uuid NOT NULL REFERENCES flow_cell,
    ordinal      integer NOT NULL CHECK (ordinal > 0),
    kind         text NOT NULL CHECK (kind IN ('ordered', 'received', 'changed', 'checked', 'claim_reported', 'load', 'reload',
        'wash', 'flush', 'reserved', 'freed', 'spent', 'returned', 'discarded', 'expired')),
    state        text NOT NULL,
    details      json NOT NULL,
    reason       text NOT NULL,
    done_by      text NOT NULL CHECK (done_by <> ''),
    happened_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT flow_cell_event_order UNIQUE (flow_cell_id, ordinal)
);
CREATE TRIGGER flow_cell_event_never_changes BEFORE UPDATE OR DELETE ON flow_cell_event
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
