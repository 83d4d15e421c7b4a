-- The log of everything that happened: dense, append-only, one entry for each event of each service.
CREATE TABLE entry (
    sequence        bigint PRIMARY KEY CHECK (sequence > 0),
    event_id        uuid NOT NULL UNIQUE,
    type            text NOT NULL,
    version         integer NOT NULL,
    source          text NOT NULL,
    epoch           bigint NOT NULL,
    source_sequence bigint NOT NULL,
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    actor_kind      text NOT NULL,
    actor_id        text NOT NULL,
    actor_name      text NOT NULL,
    request_id      text NOT NULL,
    trace_id        text,
    subject_kind    text NOT NULL,
    subject_id      text NOT NULL,
    subject_code    text,
    tenant_id       uuid,
    changes         json NOT NULL,
    data            json NOT NULL,
    UNIQUE (source, epoch, source_sequence)
);

CREATE INDEX entry_subject ON entry (subject_id, sequence);
CREATE INDEX entry_code ON entry (subject_code, sequence) WHERE subject_code IS NOT NULL;
CREATE INDEX entry_kind ON entry (subject_kind, sequence);
CREATE INDEX entry_actor ON entry (actor_id, sequence);
CREATE INDEX entry_actor_name ON entry (lower(actor_name), sequence);
CREATE INDEX entry_type ON entry (type, sequence);
CREATE INDEX entry_request ON entry (request_id, sequence);
CREATE INDEX entry_occurred ON entry (occurred_at, sequence);
CREATE INDEX entry_tenantless ON entry (sequence) WHERE tenant_id IS NULL;

-- The number of entries, and the lock that makes their numbers dense.
CREATE TABLE log_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL CHECK (size >= 0)
);
INSERT INTO log_head (size) VALUES (0);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_not_truncated BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Entries as they are told, with the columns that they are found by.
CREATE VIEW entry_shown AS
SELECT e.sequence, e.event_id, e.type, e.source, e.occurred_at, e.actor_id, e.actor_name, e.request_id, e.subject_kind,
    e.subject_id, e.subject_code, e.tenant_id,
    json_build_object('sequence', e.sequence, 'event_id', e.event_id,
    'type', e.type, 'version', e.version, 'source', e.source, 'epoch', e.epoch, 'source_sequence', e.source_sequence,
    'occurred_at', e.occurred_at, 'recorded_at', e.recorded_at,
    'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', e.actor_name),
    'request_id', e.request_id, 'trace_id', e.trace_id,
    'subject', json_build_object('kind', e.subject_kind, 'id', e.subject_id, 'code', e.subject_code),
    'lab_id', e.tenant_id, 'changes', e.changes, 'data', e.data)::text AS item
FROM entry e;
