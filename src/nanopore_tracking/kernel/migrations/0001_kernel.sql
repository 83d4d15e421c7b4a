-- What every service database has: announced events on their way out, positions of what was read, what could not be
-- handled, and answers that are kept for a repeated request.

-- Announced events until they are published; the relay deletes them then.
CREATE TABLE outbox (
    id           uuid PRIMARY KEY,
    position     bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    type         text NOT NULL CHECK (type <> ''),
    version      integer NOT NULL CHECK (version > 0),
    occurred_at  timestamptz NOT NULL,
    subject_kind text NOT NULL,
    subject_id   text NOT NULL,
    subject_code text,
    tenant_id    uuid,
    payload      text NOT NULL,
    traceparent  text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 50000);
CREATE UNIQUE INDEX outbox_position ON outbox (position);

-- Where the numbering of the events of a source stands. One row for each source: the service itself. The events of the
-- batch that is being published have their numbers, the last ones before next_sequence, in the order of their positions
-- there: whoever publishes the batch again, after whatever happened, gives every event the number that it had.
CREATE TABLE outbox_relay (
    source        text PRIMARY KEY,
    epoch         bigint NOT NULL CHECK (epoch > 0),
    next_sequence bigint NOT NULL DEFAULT 1 CHECK (next_sequence > 0),
    batch         bigint[] NOT NULL DEFAULT '{}',
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_relay_batch CHECK (next_sequence > cardinality(batch))
) WITH (fillfactor = 50);

-- Up to where the events of each source have had their effect here; written in the transaction of the effect.
CREATE TABLE watermark (
    source          text PRIMARY KEY,
    epoch           bigint NOT NULL CHECK (epoch > 0),
    sequence        bigint NOT NULL CHECK (sequence >= 0),
    stream_sequence bigint NOT NULL CHECK (stream_sequence >= 0),
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Events whose handler failed, with those that came after them for the same subject.
CREATE TABLE dead_letter (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source          text NOT NULL,
    epoch           bigint NOT NULL,
    sequence        bigint NOT NULL,
    event_id        uuid NOT NULL,
    type            text NOT NULL,
    subject_id      text NOT NULL,
    envelope        text NOT NULL,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead', 'replayed', 'discarded')),
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz,
    error           text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at     timestamptz,
    resolved_by     text,
    reason          text,
    CONSTRAINT dead_letter_event UNIQUE (source, event_id),
    CONSTRAINT dead_letter_resolved CHECK ((state IN ('replayed', 'discarded')) = (resolved_at IS NOT NULL)),
    CONSTRAINT dead_letter_discarded CHECK (state <> 'discarded' OR (resolved_by IS NOT NULL AND reason <> ''))
);
CREATE INDEX dead_letter_due ON dead_letter (next_attempt_at, id) WHERE state = 'waiting';
CREATE INDEX dead_letter_state ON dead_letter (state, id);
CREATE INDEX dead_letter_subject ON dead_letter (source, subject_id, id) WHERE state IN ('waiting', 'dead');

-- Answers to requests that came with an Idempotency-Key, written in the transaction of their effect.
CREATE TABLE idempotency_key (
    owner      text NOT NULL,
    key        text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    route      text NOT NULL,
    body_hash  bytea NOT NULL CHECK (octet_length(body_hash) = 32),
    status     integer NOT NULL CHECK (status BETWEEN 200 AND 599),
    body       bytea,
    version    bigint,
    location   text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
