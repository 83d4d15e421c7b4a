-- Whose doing led a service to what it did; NULL for what people did themselves, and for a service by itself.
ALTER TABLE entry
    ADD COLUMN on_behalf_kind text,
    ADD COLUMN on_behalf_id text,
    ADD COLUMN on_behalf_name text,
    ADD CONSTRAINT entry_on_behalf_whole CHECK (num_nulls(on_behalf_kind, on_behalf_id, on_behalf_name) IN (0, 3))
        NOT VALID;

-- Entries as they are told, with the columns that they are found by.
CREATE OR REPLACE VIEW entry_shown AS
SELECT e.sequence, e.event_id, e.type, e.source, e.occurred_at, e.actor_id, e.actor_name, e.request_id, e.subject_kind,
    e.subject_id, e.subject_code, e.tenant_id,
    json_build_object('sequence', e.sequence, 'event_id', e.event_id,
    'type', e.type, 'version', e.version, 'source', e.source, 'epoch', e.epoch, 'source_sequence', e.source_sequence,
    'occurred_at', e.occurred_at, 'recorded_at', e.recorded_at,
    'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', e.actor_name),
    'request_id', e.request_id, 'trace_id', e.trace_id,
    'subject', json_build_object('kind', e.subject_kind, 'id', e.subject_id, 'code', e.subject_code),
    'lab_id', e.tenant_id, 'changes', e.changes, 'data', e.data,
    'on_behalf_of', CASE WHEN e.on_behalf_id IS NOT NULL THEN json_build_object('kind', e.on_behalf_kind,
        'id', e.on_behalf_id, 'name', e.on_behalf_name) END)::text AS item, e.on_behalf_id, e.on_behalf_name
FROM entry e;
