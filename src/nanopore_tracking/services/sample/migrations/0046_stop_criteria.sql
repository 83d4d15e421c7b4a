-- Run-until criteria that a person confirmed for a run. They are recorded here; nothing sends them anywhere.
CREATE TABLE stop_criteria (
    id           uuid PRIMARY KEY,
    run_id       uuid NOT NULL REFERENCES sequencing_run,
    criteria     jsonb NOT NULL,
    proposed     jsonb NOT NULL,
    sentence     text NOT NULL,
    note         text NOT NULL,
    confirmed_by text NOT NULL CHECK (confirmed_by <> ''),
    confirmed_at timestamptz NOT NULL
);
CREATE INDEX stop_criteria_sort ON stop_criteria (run_id, confirmed_at, id);
CREATE INDEX stop_criteria_confirmed_sort ON stop_criteria (confirmed_at, id);
CREATE TRIGGER stop_criteria_never_changes BEFORE UPDATE OR DELETE ON stop_criteria
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
