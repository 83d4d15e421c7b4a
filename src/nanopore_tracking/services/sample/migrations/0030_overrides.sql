-- Overrides that wait for a second person, where the facility wants one.
CREATE TABLE sample_override (
    id            uuid PRIMARY KEY,
    sample_id     uuid NOT NULL REFERENCES sample,
    stage         text NOT NULL CHECK (stage <> ''),
    to_stage      text NOT NULL CHECK (to_stage <> ''),
    reason        text NOT NULL CHECK (reason <> ''),
    missing       text[] NOT NULL CHECK (missing <> '{}'),
    messages      text[] NOT NULL CHECK (cardinality(messages) = cardinality(missing)),
    asked_by      text NOT NULL CHECK (asked_by <> ''),
    asked_by_id   text NOT NULL CHECK (asked_by_id <> ''),
    asked_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'expired',
        'overtaken')),
    settled_by    text NOT NULL DEFAULT '',
    settled_by_id text NOT NULL DEFAULT '',
    settled_at    timestamptz,
    note          text NOT NULL DEFAULT '',
    version       integer NOT NULL DEFAULT 1,
    CHECK (asked_at < expires_at),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT confirmed_by_a_second_person CHECK (state <> 'confirmed' OR settled_by_id NOT IN ('', asked_by_id)),
    CONSTRAINT confirmed_in_time CHECK (state <> 'confirmed' OR settled_at < expires_at),
    CONSTRAINT refused_with_reason CHECK (state <> 'refused' OR note <> '')
);
CREATE UNIQUE INDEX sample_override_waits_once ON sample_override (sample_id) WHERE state = 'waiting';
CREATE INDEX sample_override_sample ON sample_override (sample_id, asked_at, id);
CREATE INDEX sample_override_asked ON sample_override (asked_at, id);
CREATE INDEX sample_override_waiting ON sample_override (expires_at, id) WHERE state = 'waiting';
-- What became of an override stays as it is.
CREATE TRIGGER sample_override_settled_stays BEFORE UPDATE ON sample_override
    FOR EACH ROW WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER sample_override_never_goes BEFORE DELETE ON sample_override
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Who asked for an override that the one who made the change confirmed; blank where one person was enough.
ALTER TABLE stage_change ADD COLUMN asked_by text NOT NULL DEFAULT '';
