-- What came of readings once people had looked at them, what is accepted unseen because of it, and why.

-- What counted before a decision: what was read, or what somebody had said earlier.
ALTER TABLE form_decision ADD COLUMN before_raw text;
UPDATE form_decision SET before_raw = read_raw;
ALTER TABLE form_decision ALTER COLUMN before_raw SET NOT NULL;
CREATE INDEX form_decision_made ON form_decision (decided_at, id);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was decided is kept: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER form_decision_append_only BEFORE UPDATE OR DELETE ON form_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What calibration said of a value when it was read. automatic: why it was accepted unseen, empty where it was not;
-- audited: it would have been, and was drawn by lot for a person to look at.
CREATE TABLE form_judgement (
    value_id   uuid PRIMARY KEY REFERENCES form_value (id),
    calibrated real CHECK (calibrated BETWEEN 0 AND 1),
    automatic  text NOT NULL DEFAULT '',
    audited    boolean NOT NULL DEFAULT false,
    CONSTRAINT form_judgement_once CHECK (automatic = '' OR NOT audited)
);

CREATE VIEW form_value_told AS
SELECT v.id, v.extraction_id, v.position, v.row_number,
    (v.item::jsonb || jsonb_build_object('calibrated', j.calibrated, 'automatic', coalesce(j.automatic, ''))) AS item
FROM form_value_shown v LEFT JOIN form_judgement j ON j.value_id = v.id;

-- One reading of an accepted form: a field, or a column of its table with the numbers of its cells.
CREATE TABLE form_outcome (
    id             uuid PRIMARY KEY,
    extraction_id  uuid NOT NULL REFERENCES form_reading,
    unit           text NOT NULL CHECK (unit IN ('field', 'column')),
    field          text NOT NULL,
    method         text NOT NULL,
    reader         text NOT NULL,
    reader_version integer NOT NULL,
    template       text NOT NULL,
    confidence     real,
    automatic      boolean NOT NULL,
    audited        boolean NOT NULL,
    right_count    integer NOT NULL CHECK (right_count >= 0),
    wrong_count    integer NOT NULL CHECK (wrong_count >= 0),
    extra_count    integer NOT NULL CHECK (extra_count >= 0),
    missing_count  integer NOT NULL CHECK (missing_count >= 0),
    accepted_at    timestamptz NOT NULL,
    CONSTRAINT form_outcome_once UNIQUE (extraction_id, unit, field)
);
CREATE INDEX form_outcome_accepted ON form_outcome (accepted_at, extraction_id);
CREATE TRIGGER form_outcome_append_only BEFORE UPDATE OR DELETE ON form_outcome
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Calibrations, one row each time that there was enough to learn from. content: curves, thresholds and their quality.
CREATE TABLE form_calibration (
    version       integer PRIMARY KEY CHECK (version > 0),
    outcome_count bigint NOT NULL,
    error_rate    double precision,
    content       jsonb NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now()
);

-- Which share of what is accepted unseen may be wrong; without one, nothing is. There is one row.
CREATE TABLE form_acceptance (
    only_one   boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    error_rate double precision CHECK (error_rate BETWEEN 0.001 AND 0.1),
    changed_by text,
    changed_at timestamptz,
    version    integer NOT NULL DEFAULT 1
);
INSERT INTO form_acceptance DEFAULT VALUES;
