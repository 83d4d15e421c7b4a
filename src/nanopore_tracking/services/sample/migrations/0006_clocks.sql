-- Findings that are resolved one by one, questions to the customer, clocks with pauses, charge codes and billing events.

-- What the check found, each a thing of its own; those of rows are one for each code.
CREATE TABLE finding (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    submission_id uuid NOT NULL REFERENCES submission,
    subject       text NOT NULL CHECK (subject IN ('header', 'rows')),
    code          text NOT NULL CHECK (code <> ''),
    field         text NOT NULL,
    message       text NOT NULL CHECK (message <> ''),
    row_count     integer NOT NULL CHECK (row_count >= 0),
    row_number    integer,
    -- Of all that it says: whatever was resolved counts for exactly this.
    digest        text NOT NULL,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'asked', 'answered', 'accepted', 'gone')),
    reason        text NOT NULL DEFAULT '',
    resolved_by   text NOT NULL DEFAULT '',
    resolved_at   timestamptz,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT finding_once UNIQUE (submission_id, subject, code, field),
    CONSTRAINT finding_accepted_with_reason CHECK (state <> 'accepted' OR reason <> ''),
    CONSTRAINT finding_resolved_by_somebody CHECK ((state IN ('answered', 'accepted')) = (resolved_at IS NOT NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by = ''))
);
CREATE INDEX finding_code_sort ON finding (submission_id, code, id);

-- What was said of a submission between facility and customer, and what only the facility reads.
CREATE TABLE submission_message (
    id            uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES submission,
    kind          text NOT NULL CHECK (kind IN ('question', 'answer', 'note')),
    answers       uuid CONSTRAINT question_answered_once UNIQUE REFERENCES submission_message,
    finding_ids   uuid[] NOT NULL DEFAULT '{}',
    side          text NOT NULL CHECK (side IN ('facility', 'customer')),
    body          text NOT NULL CHECK (body <> ''),
    written_by    text NOT NULL CHECK (written_by <> ''),
    written_at    timestamptz NOT NULL,
    CHECK ((kind = 'answer') = (answers IS NOT NULL)),
    CHECK (kind = 'answer' OR side = 'facility')
);
CREATE INDEX submission_message_thread ON submission_message (submission_id, written_at, id);
CREATE TRIGGER message_never_changes BEFORE UPDATE OR DELETE ON submission_message
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Who resolved which finding how; a finding can be resolved again when it says something else.
CREATE TABLE finding_resolution (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    finding_id uuid NOT NULL REFERENCES finding,
    way        text NOT NULL CHECK (way IN ('accepted', 'asked', 'answered')),
    digest     text NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    message_id uuid REFERENCES submission_message,
    done_by    text NOT NULL CHECK (done_by <> ''),
    done_at    timestamptz NOT NULL,
    CHECK ((way = 'accepted') = (message_id IS NULL))
);
CREATE INDEX finding_resolution_of ON finding_resolution (finding_id, done_at, id);
CREATE TRIGGER resolution_never_changes BEFORE UPDATE OR DELETE ON finding_resolution
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

ALTER TABLE submission
    DROP CONSTRAINT submission_status_check,
    DROP CONSTRAINT accepted_with_reason,
    ADD CONSTRAINT submission_status_check CHECK (status IN ('reading', 'draft', 'under_review',
        'questions_to_customer', 'accepted', 'rejected', 'cancelled')),
    ADD COLUMN charge_code text NOT NULL DEFAULT '',
    ADD COLUMN open_finding_count integer NOT NULL DEFAULT 0 CHECK (open_finding_count >= 0),
    ADD COLUMN open_question_count integer NOT NULL DEFAULT 0 CHECK (open_question_count >= 0),
    -- Until when it should be decided; none while the clock stands still or is not wound.
    ADD COLUMN due_at timestamptz,
    ADD CONSTRAINT accepted_with_findings_resolved CHECK (status <> 'accepted' OR open_finding_count = 0),
    ADD CONSTRAINT asked_with_a_question CHECK (CASE status WHEN 'questions_to_customer' THEN open_question_count > 0
        WHEN 'under_review' THEN open_question_count = 0 WHEN 'accepted' THEN open_question_count = 0 ELSE true END);

INSERT INTO finding (submission_id, subject, code, field, message, row_count, row_number, digest)
SELECT s.id, 'header', e->>'code', coalesce(e->>'field', ''), min(e->>'message'), 0, NULL,
    md5(string_agg(e->>'message', ',' ORDER BY e->>'message'))
FROM submission s, json_array_elements(s.problems) e
WHERE s.status IN ('draft', 'under_review') AND e->>'level' = 'finding'
GROUP BY 1, 3, 4;
INSERT INTO finding (submission_id, subject, code, field, message, row_count, row_number, digest)
SELECT s.id, 'rows', e->>'code', '', (array_agg(e->>'message' ORDER BY r.row_number))[1],
    count(DISTINCT r.row_number)::integer, min(r.row_number),
    md5(string_agg(concat(r.row_number, ' ', e->>'message'), ',' ORDER BY r.row_number, e->>'message'))
FROM submission s JOIN submission_row r ON r.submission_id = s.id, json_array_elements(r.problems) e
WHERE s.status IN ('draft', 'under_review') AND e->>'level' = 'finding'
GROUP BY 1, 3;
UPDATE submission s SET open_finding_count = (SELECT count(*) FROM finding f WHERE f.submission_id = s.id)
WHERE s.status IN ('draft', 'under_review');

-- Own copies of facility settings.
CREATE TABLE facility_setting (
    name    text PRIMARY KEY,
    value   text NOT NULL,
    version integer NOT NULL CHECK (version > 0)
);

-- One clock for each stay of a sample at a stage, and one for each review of a submission.
CREATE TABLE sla_clock (
    id            uuid PRIMARY KEY,
    sample_id     uuid REFERENCES sample,
    submission_id uuid REFERENCES submission,
    owner_id      uuid NOT NULL GENERATED ALWAYS AS (coalesce(sample_id, submission_id)) STORED,
    stage         text NOT NULL CHECK (stage <> ''),
    priority      text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    basis         text NOT NULL CHECK (basis IN ('priority', 'service')),
    target_hours  integer CHECK (target_hours > 0),
    target_days   integer CHECK (target_days > 0),
    started_at    timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    -- What was left when it was paused, in seconds of work or of the day; none while it runs.
    left_s        double precision,
    stopped_at    timestamptz,
    CHECK (num_nonnulls(sample_id, submission_id) = 1),
    CHECK (num_nonnulls(target_hours, target_days) = 1),
    CHECK (stopped_at >= started_at)
);
CREATE UNIQUE INDEX sla_clock_running ON sla_clock (owner_id) WHERE stopped_at IS NULL;
CREATE INDEX sla_clock_history ON sla_clock (owner_id, started_at, id);
CREATE INDEX sla_clock_stopped ON sla_clock (stopped_at) WHERE stopped_at IS NOT NULL;
CREATE FUNCTION refuse_clock_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a clock that was stopped stays as it is: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER stopped_clock_never_changes BEFORE UPDATE OR DELETE ON sla_clock
    FOR EACH ROW WHEN (OLD.stopped_at IS NOT NULL) EXECUTE FUNCTION refuse_clock_change();

CREATE TABLE clock_pause (
    id         uuid PRIMARY KEY,
    clock_id   uuid NOT NULL REFERENCES sla_clock,
    reason     text NOT NULL CHECK (reason IN ('customer_question', 'waiting_for_reagent', 'instrument_down',
        'on_hold')),
    note       text NOT NULL,
    paused_by  text NOT NULL CHECK (paused_by <> ''),
    paused_at  timestamptz NOT NULL,
    resumed_by text CHECK (resumed_by <> ''),
    resumed_at timestamptz CHECK (resumed_at >= paused_at),
    CHECK ((resumed_by IS NULL) = (resumed_at IS NULL))
);
CREATE UNIQUE INDEX clock_pause_open ON clock_pause (clock_id) WHERE resumed_at IS NULL;
CREATE INDEX clock_pause_of ON clock_pause (clock_id, paused_at, id);
CREATE TRIGGER ended_pause_never_changes BEFORE UPDATE OR DELETE ON clock_pause
    FOR EACH ROW WHEN (OLD.resumed_at IS NOT NULL) EXECUTE FUNCTION refuse_history_change();

ALTER TABLE sample
    -- Until when its stage should be done; none without a running clock.
    ADD COLUMN due_at timestamptz,
    -- Why its clock stands still; blank while it runs.
    ADD COLUMN clock_paused text NOT NULL DEFAULT '',
    ADD COLUMN priority_reason text NOT NULL DEFAULT '';
UPDATE sample SET priority_reason = 'It was urgent before reasons were asked for.' WHERE priority = 'urgent';
ALTER TABLE sample ADD CONSTRAINT urgent_with_a_reason CHECK (priority <> 'urgent' OR priority_reason <> '');
-- The queue: what is due first, then the more urgent, then what came first (ids grow with time), then all without a due.
CREATE INDEX sample_queue ON sample
    (coalesce((extract(epoch FROM due_at - timestamptz '2000-01-01 00:00:00+00') * 1000)::bigint * 8 + urgency,
        9000000000000000000), id);
CREATE INDEX sample_due ON sample (due_at) WHERE due_at IS NOT NULL;

-- Whose money: codes are given by the lab's institution and never made here.
CREATE TABLE charge_code (
    id            uuid PRIMARY KEY,
    lab_id        uuid NOT NULL REFERENCES lab,
    code          text NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{1,59}$'),
    valid_from    date NOT NULL,
    valid_to      date CHECK (valid_to >= valid_from),
    authorised_by text NOT NULL CHECK (authorised_by <> ''),
    note          text NOT NULL,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT charge_code_of_lab UNIQUE (lab_id, code)
);
CREATE INDEX charge_code_sort ON charge_code (lab_id, code, id);
CREATE TRIGGER charge_code_never_changes BEFORE DELETE OR UPDATE OF id, lab_id, code, valid_from, authorised_by,
    created_by, created_at ON charge_code FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Which code the work of a project is charged to unless its submission names another one; the latest counts.
CREATE TABLE project_charge (
    id          uuid PRIMARY KEY,
    project_id  uuid NOT NULL REFERENCES project,
    charge_code text NOT NULL,
    set_by      text NOT NULL CHECK (set_by <> ''),
    set_at      timestamptz NOT NULL
);
CREATE INDEX project_charge_of ON project_charge (project_id, set_at, id);
CREATE TRIGGER project_charge_never_changes BEFORE UPDATE OR DELETE ON project_charge
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- Facts of before this moment were never charged, as there was no billing then.
CREATE TABLE billing_start (begins timestamptz NOT NULL);
INSERT INTO billing_start SELECT greatest(
    coalesce((SELECT max(changed_at) FROM stage_change), '-infinity'),
    coalesce((SELECT max(decided_at) FROM submission), '-infinity'));

-- What is charged, each from one fact; blank charge_code: nobody said which.
CREATE TABLE billing_event (
    id               uuid PRIMARY KEY,
    lab_id           uuid NOT NULL REFERENCES lab,
    project_id       uuid NOT NULL REFERENCES project,
    charge_code      text NOT NULL,
    item             text NOT NULL CHECK (item <> ''),
    quantity         integer NOT NULL CHECK (quantity > 0),
    unit_price_cents bigint CHECK (unit_price_cents >= 0),
    currency         text NOT NULL,
    price_version    integer,
    fact             text NOT NULL CHECK (fact <> ''),
    fact_id          uuid NOT NULL,
    subject_code     text NOT NULL,
    happened_at      timestamptz NOT NULL,
    CONSTRAINT fact_charged_once UNIQUE (fact_id, item),
    CHECK ((unit_price_cents IS NULL) = (price_version IS NULL))
);
CREATE INDEX billing_event_of_lab ON billing_event (lab_id, happened_at, id);
CREATE TRIGGER billing_event_never_changes BEFORE UPDATE OR DELETE ON billing_event
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- A measurement that absorbance made counts for the mass only where a named person signed for it.
CREATE TABLE measurement_signature (
    measurement_id uuid CONSTRAINT measurement_signed_once PRIMARY KEY REFERENCES measurement,
    reason         text NOT NULL CHECK (reason <> ''),
    signed_by      text NOT NULL CHECK (signed_by <> ''),
    signed_at      timestamptz NOT NULL
);
CREATE TRIGGER signature_never_changes BEFORE UPDATE OR DELETE ON measurement_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
