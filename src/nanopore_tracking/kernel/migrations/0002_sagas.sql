-- Sagas: what a service does in durable steps, over several transactions and services, and undoes when it cannot be done.

-- One row for each saga. fence: counted up by every claim; who writes names it, so that who lost the lease writes nothing.
CREATE TABLE saga (
    id            uuid PRIMARY KEY,
    type          text NOT NULL CHECK (type <> ''),
    version       integer NOT NULL CHECK (version > 0),
    key           text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    subject_kind  text NOT NULL,
    subject_id    text NOT NULL,
    subject_code  text,
    tenant_id     uuid,
    data          jsonb NOT NULL,
    state         text NOT NULL DEFAULT 'running'
                  CHECK (state IN ('running', 'waiting', 'compensating', 'completed', 'compensated', 'stuck')),
    step          integer NOT NULL DEFAULT 0,
    step_name     text NOT NULL,
    step_count    integer NOT NULL CHECK (step_count > 0),
    attempts      integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    error         text NOT NULL DEFAULT '',
    cause         text NOT NULL DEFAULT '',
    cancelled_by  text,
    cancel_reason text,
    next_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    step_until    timestamptz,
    deadline_at   timestamptz NOT NULL,
    fence         bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    owner         text,
    lease_until   timestamptz,
    request_id    text NOT NULL,
    traceparent   text,
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at      timestamptz,
    CONSTRAINT saga_key UNIQUE (type, key),
    CONSTRAINT saga_step_there CHECK (step BETWEEN -1 AND step_count),
    CONSTRAINT saga_ended CHECK ((state IN ('completed', 'compensated')) = (ended_at IS NOT NULL)),
    CONSTRAINT saga_completed CHECK (state <> 'completed' OR step = step_count),
    CONSTRAINT saga_compensated CHECK (state NOT IN ('compensating', 'compensated', 'stuck') OR cause <> ''),
    CONSTRAINT saga_waiting CHECK (state <> 'waiting' OR step_until IS NOT NULL),
    CONSTRAINT saga_leased CHECK ((owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT saga_cancelled CHECK ((cancelled_by IS NULL) = (cancel_reason IS NULL) AND cancel_reason <> '')
) WITH (fillfactor = 70);
CREATE INDEX saga_due ON saga (next_at) WHERE state IN ('running', 'waiting', 'compensating');
CREATE INDEX saga_state ON saga (state, id);
CREATE INDEX saga_type ON saga (type, id);
CREATE INDEX saga_over ON saga (ended_at) WHERE ended_at IS NOT NULL;

-- The checkpoints: a step that was done or undone, written in the transaction of its effect where that is local.
CREATE TABLE saga_step (
    saga_id     uuid NOT NULL REFERENCES saga ON DELETE CASCADE,
    step        integer NOT NULL CHECK (step >= 0),
    phase       text NOT NULL CHECK (phase IN ('do', 'undo')),
    name        text NOT NULL,
    output      jsonb NOT NULL,
    attempts    integer NOT NULL CHECK (attempts > 0),
    owner       text NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (saga_id, step, phase)
);

-- What a saga was told from outside, by name; the first of a name counts.
CREATE TABLE saga_signal (
    saga_id uuid NOT NULL REFERENCES saga ON DELETE CASCADE,
    name    text NOT NULL CHECK (name <> ''),
    data    jsonb NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (saga_id, name)
);

-- A saga as it is answered.
CREATE VIEW saga_shown AS
SELECT id, state, type, data, json_build_object('id', id, 'type', type, 'version', version, 'key', key,
    'subject_kind', subject_kind, 'subject_id', subject_id, 'subject_code', subject_code, 'state', state,
    'step', step_name, 'step_number', greatest(step, 0), 'step_count', step_count, 'attempts', attempts,
    'error', error, 'cause', cause, 'cancelled_by', cancelled_by, 'cancel_reason', cancel_reason,
    'started_at', started_at, 'since', since, 'next_at', next_at, 'deadline_at', deadline_at, 'ended_at', ended_at,
    'request_id', request_id)::text AS item
FROM saga;

CREATE FUNCTION refuse_saga_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a saga did and was told is kept as it was: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER saga_step_never_changes BEFORE UPDATE ON saga_step
    FOR EACH ROW EXECUTE FUNCTION refuse_saga_change();
CREATE TRIGGER saga_signal_never_changes BEFORE UPDATE ON saga_signal
    FOR EACH ROW EXECUTE FUNCTION refuse_saga_change();
