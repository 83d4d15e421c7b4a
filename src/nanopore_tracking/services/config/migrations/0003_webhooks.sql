-- Webhooks: who is told of which events, what waits to be told, and every attempt.

CREATE TABLE webhook (
    id             uuid PRIMARY KEY,
    name           text NOT NULL CHECK (name <> ''),
    url            text NOT NULL CHECK (url ~ '^https?://'),
    event_types    text[] NOT NULL CHECK (event_types <> '{}'),
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'off')),
    state_reason   text NOT NULL DEFAULT '',
    -- Readable with the key of the service only.
    secret_sealed  bytea NOT NULL CHECK (length(secret_sealed) > 28),
    failures       integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_at        timestamptz NOT NULL,
    -- Who sends now has it until then; another replica passes it by.
    leased_until   timestamptz,
    lease          uuid,
    last_status     integer,
    last_attempt_at timestamptz,
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT webhook_paused_with_reason CHECK (state <> 'paused' OR state_reason <> ''),
    CHECK ((lease IS NULL) = (leased_until IS NULL))
);
CREATE UNIQUE INDEX webhook_name ON webhook (lower(name));
CREATE INDEX webhook_name_sort ON webhook (name, id);
CREATE INDEX webhook_created_sort ON webhook (created_at, id);

CREATE TABLE webhook_delivery (
    id           uuid PRIMARY KEY,
    webhook_id   uuid NOT NULL REFERENCES webhook,
    -- What waits is sent in this order.
    position     bigint GENERATED ALWAYS AS IDENTITY,
    kind         text NOT NULL CHECK (kind IN ('event', 'replay', 'test')),
    event_id     uuid NOT NULL,
    event_type   text NOT NULL CHECK (event_type <> ''),
    body         text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'discarded')),
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    requested_by text NOT NULL,
    created_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    CONSTRAINT webhook_delivery_ended CHECK ((state = 'waiting') = (ended_at IS NULL))
);
-- Each event is told to an endpoint once, unless a person asks for it again.
CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (webhook_id, event_id) WHERE kind = 'event';
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook_id, position) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, created_at, id);
CREATE INDEX webhook_delivery_ended_at ON webhook_delivery (ended_at) WHERE state <> 'waiting';

CREATE TABLE webhook_attempt (
    id          uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
    number      integer NOT NULL CHECK (number > 0),
    status      integer CHECK (status BETWEEN 100 AND 999),
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    error       text NOT NULL,
    answer      text NOT NULL,
    at          timestamptz NOT NULL,
    CONSTRAINT webhook_attempt_number UNIQUE (delivery_id, number),
    CHECK (status IS NOT NULL OR error <> '')
);
CREATE FUNCTION refuse_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an attempt to tell a webhook is kept as it was: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER attempt_never_changes BEFORE UPDATE ON webhook_attempt
    FOR EACH ROW EXECUTE FUNCTION refuse_attempt_change();
