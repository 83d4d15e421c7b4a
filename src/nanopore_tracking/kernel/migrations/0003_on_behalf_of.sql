-- Who started a saga: a person or a token, or for whom a service did; NULL where a service did by itself.
ALTER TABLE saga ADD COLUMN on_behalf_of jsonb;

-- A saga as it is answered, with who started it.
CREATE OR REPLACE VIEW saga_shown AS
SELECT id, state, type, data, json_build_object('id', id, 'type', type, 'version', version, 'key', key,
    'subject_kind', subject_kind, 'subject_id', subject_id, 'subject_code', subject_code, 'state', state,
    'step', step_name, 'step_number', greatest(step, 0), 'step_count', step_count, 'attempts', attempts,
    'error', error, 'cause', cause, 'cancelled_by', cancelled_by, 'cancel_reason', cancel_reason,
    'started_at', started_at, 'since', since, 'next_at', next_at, 'deadline_at', deadline_at, 'ended_at', ended_at,
    'request_id', request_id, 'on_behalf_of', on_behalf_of)::text AS item
FROM saga;
