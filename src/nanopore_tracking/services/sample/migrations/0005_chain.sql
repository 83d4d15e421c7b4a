-- Aliquots, libraries with their barcodes, and pools: the chain from a sample to what is loaded on a flow cell.

CREATE TABLE aliquot (
    id           uuid PRIMARY KEY,
    code         text COLLATE "C" NOT NULL CONSTRAINT aliquot_code UNIQUE CHECK (code ~ '^A[0-9]{2}-[0-9]{6,}$'),
    sample_id    uuid NOT NULL REFERENCES sample,
    volume_ul    double precision NOT NULL CHECK (volume_ul > 0),
    mass_ng      double precision CHECK (mass_ng > 0),
    -- What there was of the sample before.
    available_ul double precision NOT NULL,
    -- What libraries took of it.
    used_ul      double precision NOT NULL DEFAULT 0 CHECK (used_ul >= 0),
    purpose      text NOT NULL,
    taken_by     text NOT NULL,
    taken_at     timestamptz NOT NULL,
    CONSTRAINT aliquot_never_more_than_there_is CHECK (volume_ul <= available_ul),
    CONSTRAINT aliquot_not_used_beyond_its_end CHECK (used_ul <= volume_ul)
);
CREATE INDEX aliquot_sample ON aliquot (sample_id, taken_at, id);
CREATE TRIGGER aliquot_never_changes BEFORE DELETE OR UPDATE OF id, code, sample_id, volume_ul, mass_ng, available_ul,
    purpose, taken_by, taken_at ON aliquot FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE TABLE library (
    id               uuid PRIMARY KEY,
    -- Libraries of before the chain keep the code that is on their tube.
    code             text COLLATE "C" NOT NULL CONSTRAINT library_code UNIQUE
        CHECK (code ~ '^(L[0-9]{2}-[0-9]{6,}|S[0-9]{2}-[0-9]{6,}-L[0-9]+)$'),
    lab_id           uuid NOT NULL REFERENCES lab,
    state            text NOT NULL DEFAULT 'planned'
        CHECK (state IN ('planned', 'prepared', 'qc_passed', 'qc_failed', 'pooled', 'exhausted', 'discarded')),
    state_reason     text NOT NULL DEFAULT '',
    kit              text NOT NULL CHECK (kit <> ''),
    kit_lot          text NOT NULL,
    lot_expires_on   date,
    protocol_version text NOT NULL,
    operator         text NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz,
    input_ng         double precision CHECK (input_ng > 0),
    input_volume_ul  double precision CHECK (input_volume_ul > 0),
    deviations       text NOT NULL,
    -- What counts of what was measured, and what pools took since the volume was measured.
    conc_ng_per_ul   double precision CHECK (conc_ng_per_ul >= 0),
    mean_fragment_bp double precision CHECK (mean_fragment_bp > 0),
    volume_ul        double precision CHECK (volume_ul >= 0),
    used_ul          double precision NOT NULL DEFAULT 0 CHECK (used_ul >= 0),
    amount_fmol      double precision,
    amount_length_bp double precision,
    amount_formula   text,
    created_by       text NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    CONSTRAINT library_prepared_is_complete CHECK (state IN ('planned', 'discarded') OR (kit_lot <> ''
        AND lot_expires_on IS NOT NULL AND protocol_version <> '' AND operator <> '' AND finished_at IS NOT NULL)),
    CONSTRAINT library_never_more_than_there_is CHECK (used_ul <= volume_ul),
    CONSTRAINT library_amount_says_how CHECK ((amount_fmol IS NULL) = (amount_length_bp IS NULL)
        AND (amount_fmol IS NULL) = (amount_formula IS NULL)),
    CONSTRAINT library_stopped_with_reason CHECK (state NOT IN ('qc_failed', 'discarded') OR state_reason <> ''),
    CHECK (finished_at >= started_at)
);
CREATE INDEX library_updated_sort ON library (updated_at, id);
CREATE INDEX library_code_sort ON library (code, id);
CREATE INDEX library_lab ON library (lab_id, updated_at, id);
CREATE INDEX library_state ON library (state, updated_at, id);

-- What went into a library; one that work on its sample went back from is kept and does not count for it any more.
CREATE TABLE library_source (
    library_id    uuid NOT NULL REFERENCES library,
    position      integer NOT NULL CHECK (position > 0),
    sample_id     uuid NOT NULL REFERENCES sample,
    aliquot_id    uuid REFERENCES aliquot,
    volume_ul     double precision CHECK (volume_ul > 0),
    made_at       timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (library_id, position)
);
CREATE INDEX library_source_sample ON library_source (sample_id, made_at);
CREATE INDEX library_source_aliquot ON library_source (aliquot_id) WHERE aliquot_id IS NOT NULL;
CREATE TRIGGER source_never_changes BEFORE DELETE OR UPDATE OF library_id, position, sample_id, aliquot_id, volume_ul,
    made_at ON library_source FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER source_stays_superseded BEFORE UPDATE ON library_source
    FOR EACH ROW WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION refuse_history_change();

-- A sample may have several barcodes. What two are compared by: the sequence, or the set and the number without one.
CREATE TABLE barcode_assignment (
    id           uuid PRIMARY KEY,
    library_id   uuid NOT NULL REFERENCES library,
    sample_id    uuid NOT NULL REFERENCES sample,
    kit          text NOT NULL CHECK (kit <> ''),
    number       integer NOT NULL CHECK (number > 0),
    barcode      text NOT NULL CHECK (barcode <> ''),
    sequence     text CHECK (sequence ~ '^[ACGT]+$'),
    sequence_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(sequence, kit || ':' || number)) STORED,
    alias        text NOT NULL CHECK (alias ~ '^[A-Za-z0-9_-]{1,40}$'),
    CONSTRAINT barcode_once_in_library UNIQUE (library_id, sequence_key),
    CONSTRAINT assignment_as_in_pool UNIQUE (id, library_id, sequence_key)
);
CREATE INDEX barcode_assignment_sample ON barcode_assignment (sample_id);

CREATE TABLE pool (
    id                 uuid PRIMARY KEY,
    -- Pools of before the chain keep the name that they were planned by.
    code               text COLLATE "C" NOT NULL CONSTRAINT pool_code UNIQUE CHECK (code ~ '^[A-Za-z0-9_-]{1,40}$'),
    name               text NOT NULL,
    state              text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'fixed', 'qc_passed', 'loaded', 'exhausted')),
    state_reason       text NOT NULL DEFAULT '',
    arrangement_name   text CHECK (arrangement_name <> ''),
    arrangement_reason text CHECK (arrangement_reason <> ''),
    target_fmol        double precision CHECK (target_fmol > 0),
    target_volume_ul   double precision CHECK (target_volume_ul > 0),
    buffer_ul          double precision NOT NULL DEFAULT 0 CHECK (buffer_ul >= 0),
    conc_ng_per_ul     double precision CHECK (conc_ng_per_ul >= 0),
    mean_fragment_bp   double precision CHECK (mean_fragment_bp > 0),
    volume_ul          double precision CHECK (volume_ul >= 0),
    used_ul            double precision NOT NULL DEFAULT 0 CHECK (used_ul >= 0),
    amount_fmol        double precision,
    amount_length_bp   double precision,
    amount_formula     text,
    note               text NOT NULL,
    created_by         text NOT NULL,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    version            integer NOT NULL DEFAULT 1,
    CHECK ((arrangement_name IS NULL) = (arrangement_reason IS NULL)),
    CONSTRAINT pool_never_more_than_there_is CHECK (used_ul <= volume_ul),
    CONSTRAINT pool_amount_says_how CHECK ((amount_fmol IS NULL) = (amount_length_bp IS NULL)
        AND (amount_fmol IS NULL) = (amount_formula IS NULL))
);
CREATE INDEX pool_updated_sort ON pool (updated_at, id);
CREATE INDEX pool_code_sort ON pool (code, id);
CREATE INDEX pool_state ON pool (state, updated_at, id);

CREATE TABLE pool_component (
    pool_id           uuid NOT NULL REFERENCES pool,
    library_id        uuid NOT NULL REFERENCES library,
    position          integer NOT NULL CHECK (position > 0),
    share             double precision NOT NULL CHECK (share > 0),
    volume_ul         double precision CHECK (volume_ul > 0),
    fmol              double precision CHECK (fmol >= 0),
    fraction_planned  double precision CHECK (fraction_planned BETWEEN 0 AND 1),
    PRIMARY KEY (pool_id, library_id),
    CONSTRAINT component_place UNIQUE (pool_id, position)
);
CREATE INDEX pool_component_library ON pool_component (library_id);

-- The barcodes of a pool: none is there twice, whatever it is called and whoever put it in.
CREATE TABLE pool_barcode (
    pool_id       uuid NOT NULL,
    library_id    uuid NOT NULL,
    assignment_id uuid NOT NULL,
    sequence_key  text COLLATE "C" NOT NULL,
    CONSTRAINT barcode_once_in_pool PRIMARY KEY (pool_id, sequence_key),
    FOREIGN KEY (pool_id, library_id) REFERENCES pool_component ON DELETE CASCADE,
    CONSTRAINT barcode_of_library FOREIGN KEY (assignment_id, library_id, sequence_key)
        REFERENCES barcode_assignment (id, library_id, sequence_key)
);
CREATE INDEX pool_barcode_assignment ON pool_barcode (assignment_id);

CREATE FUNCTION refuse_change_of_fixed_pool() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT p.state FROM pool p WHERE p.id = coalesce(NEW.pool_id, OLD.pool_id)) <> 'draft' THEN
        RAISE EXCEPTION 'what is in a pool does not change once it is fixed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER component_of_fixed_pool BEFORE INSERT OR DELETE OR UPDATE OF library_id, position, share, volume_ul, fmol,
    fraction_planned ON pool_component FOR EACH ROW EXECUTE FUNCTION refuse_change_of_fixed_pool();
CREATE TRIGGER barcode_of_fixed_pool BEFORE INSERT OR DELETE OR UPDATE ON pool_barcode
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_fixed_pool();

-- Every transition of a library or a pool.
CREATE TABLE chain_change (
    id           uuid PRIMARY KEY,
    library_id   uuid REFERENCES library,
    pool_id      uuid REFERENCES pool,
    part_id      uuid NOT NULL GENERATED ALWAYS AS (coalesce(library_id, pool_id)) STORED,
    before_state text NOT NULL,
    state        text NOT NULL,
    reason       text NOT NULL,
    missing      text[] NOT NULL,
    changed_by   text NOT NULL,
    changed_at   timestamptz NOT NULL,
    CHECK ((library_id IS NULL) <> (pool_id IS NULL)),
    CONSTRAINT chain_override_with_reason CHECK (missing = '{}' OR reason <> '')
);
CREATE INDEX chain_change_part ON chain_change (part_id, changed_at, id);
CREATE TRIGGER chain_change_never_changes BEFORE UPDATE OR DELETE ON chain_change
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What lists show of each library and pool, in its order.
CREATE FUNCTION samples_of_library(library uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(DISTINCT s.code), '[]'::json)
    FROM library_source o JOIN sample s ON s.id = o.sample_id WHERE o.library_id = library
$$;
CREATE FUNCTION barcodes_of_library(library uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(b.barcode ORDER BY b.kit, b.number), '[]'::json)
    FROM barcode_assignment b WHERE b.library_id = library
$$;
CREATE FUNCTION pools_of_library(library uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(p.code ORDER BY p.created_at, p.id), '[]'::json)
    FROM pool_component c JOIN pool p ON p.id = c.pool_id WHERE c.library_id = library
$$;
CREATE FUNCTION kits_of_pool(pool uuid) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce(json_agg(DISTINCT coalesce(b.kit, l.kit)), '[]'::json)
    FROM pool_component c JOIN library l ON l.id = c.library_id LEFT JOIN barcode_assignment b ON b.library_id = l.id
    WHERE c.pool_id = pool
$$;

-- A library may be of many samples and a pool of many libraries: what is measured of them belongs to none of those.
ALTER TABLE measurement ALTER COLUMN sample_id DROP NOT NULL;
ALTER TABLE measurement ADD CONSTRAINT measurement_of_something CHECK (sample_id IS NOT NULL OR subject <> 'sample');
CREATE INDEX measurement_subject ON measurement (subject_code, subject, recorded_at, id) WHERE subject <> 'sample';

-- The records of libraries become libraries, with their code, their barcode and what counts of their measurements.
INSERT INTO library (id, code, lab_id, state, state_reason, kit, kit_lot, lot_expires_on, protocol_version, operator,
    finished_at, input_ng, deviations, created_by, created_at, updated_at)
SELECT r.id, r.code, s.lab_id, 'prepared', '', r.details->>'kit', r.details->>'kit_lot',
    (r.details->>'lot_expires_on')::date, r.details->>'protocol_version',
    coalesce(nullif(r.details->>'operator', ''), r.recorded_by), r.recorded_at, (r.details->>'input_ng')::float8,
    concat_ws(E'\n', nullif(r.details->>'note', ''), 'Planned pool: ' || r.pool), r.recorded_by, r.recorded_at,
    r.recorded_at
FROM stage_record r JOIN sample s ON s.id = r.sample_id
WHERE r.kind = 'library';

INSERT INTO library_source (library_id, position, sample_id, made_at, superseded_at)
SELECT r.id, 1, r.sample_id, r.recorded_at, r.superseded_at FROM stage_record r WHERE r.kind = 'library';

INSERT INTO barcode_assignment (id, library_id, sample_id, kit, number, barcode, alias)
SELECT r.id, r.id, r.sample_id, replace(r.details->>'kit', '.', '-'), substr(r.details->>'barcode', 8)::integer, r.details->>'barcode',
    s.alias
FROM stage_record r JOIN sample s ON s.id = r.sample_id
WHERE r.kind = 'library' AND r.details->>'barcode' IS NOT NULL AND substr(r.details->>'barcode', 8)::integer > 0;

WITH counting AS (
    SELECT DISTINCT ON (m.subject_code, m.quantity) m.subject_code, m.quantity, m.value
    FROM measurement m
    WHERE m.subject = 'library' AND m.counts
        AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
        AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
    ORDER BY m.subject_code, m.quantity, m.measured_at DESC, m.recorded_at DESC, m.id DESC
), found AS (
    SELECT c.subject_code, max(c.value) FILTER (WHERE c.quantity = 'concentration') AS conc,
        max(c.value) FILTER (WHERE c.quantity = 'volume') AS volume,
        coalesce(max(c.value) FILTER (WHERE c.quantity = 'fragment_mean_bp'),
            max(c.value) FILTER (WHERE c.quantity = 'fragment_mode_bp')) AS length_bp
    FROM counting c GROUP BY c.subject_code
)
UPDATE library l SET conc_ng_per_ul = f.conc, volume_ul = f.volume, mean_fragment_bp = f.length_bp,
    amount_fmol = f.conc * f.volume * 1e6 / (660 * f.length_bp),
    amount_length_bp = CASE WHEN f.conc * f.volume IS NOT NULL THEN f.length_bp END,
    amount_formula = CASE WHEN f.conc * f.volume * f.length_bp IS NOT NULL
        THEN 'fmol = ng × 1,000,000 / (660 × bp)' END
FROM found f WHERE f.subject_code = l.code;

-- What had passed library QC by its sample passed it; what is on its way before that has to.
UPDATE library l SET state = 'qc_passed'
FROM library_source o JOIN sample s ON s.id = o.sample_id
WHERE o.library_id = l.id AND o.superseded_at IS NULL AND s.stage IN ('sequencing_setup', 'sequencing_run', 'basecalling',
    'quality_assessment', 'data_delivery', 'delivered', 'archived');

-- Pools as they were planned: draft, so that somebody looks at them; a barcode that is there already stays out.
INSERT INTO pool (id, code, name, note, created_by, created_at, updated_at)
SELECT gen_random_uuid(), r.pool, '', 'Planned before pools were recorded.', 'migration', min(r.recorded_at),
    max(r.recorded_at)
FROM stage_record r WHERE r.kind = 'library' AND r.superseded_at IS NULL AND r.pool IS NOT NULL
GROUP BY r.pool;

INSERT INTO pool_component (pool_id, library_id, position, share)
SELECT p.id, first.id, row_number() OVER (PARTITION BY p.id ORDER BY first.recorded_at, first.id), 1
FROM (SELECT DISTINCT ON (r.pool, b.sequence_key) r.pool, r.id, r.recorded_at
    FROM stage_record r LEFT JOIN barcode_assignment b ON b.library_id = r.id
    WHERE r.kind = 'library' AND r.superseded_at IS NULL AND r.pool IS NOT NULL
    ORDER BY r.pool, b.sequence_key, r.recorded_at, r.id) first JOIN pool p ON p.code = first.pool;

INSERT INTO pool_barcode (pool_id, library_id, assignment_id, sequence_key)
SELECT c.pool_id, c.library_id, b.id, b.sequence_key
FROM pool_component c JOIN barcode_assignment b ON b.library_id = c.library_id;

-- They stay where they were recorded, as history; no new one is.
UPDATE stage_record SET superseded_at = now() WHERE kind = 'library' AND superseded_at IS NULL;
ALTER TABLE stage_record ADD CONSTRAINT library_is_no_record CHECK (kind <> 'library') NOT VALID;
