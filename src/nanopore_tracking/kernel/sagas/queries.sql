-- name: insert_saga
-- Start a saga; returns nothing when one of this type and key was started before.
INSERT INTO saga (id, type, version, key, subject_kind, subject_id, subject_code, tenant_id, data, step_name, step_count,
    deadline_at, request_id, traceparent, on_behalf_of)
VALUES (:id, :type, :version, :key, :subject_kind, :subject_id, :subject_code, :tenant_id, :data::text::jsonb,
    :step_name, :step_count, clock_timestamp() + :deadline_s::double precision * interval '1 second', :request_id,
    :traceparent, :on_behalf_of::text::jsonb)
ON CONFLICT (type, key) DO NOTHING
RETURNING id;

-- name: find_saga
-- The saga of a type and key.
SELECT id FROM saga WHERE type = :type AND key = :key;

-- name: tell_saga
-- Keep a signal and let a saga that waits look at it now; returns nothing when it is over or was told before.
WITH open AS (
    UPDATE saga
    SET next_at = CASE WHEN state = 'waiting' THEN clock_timestamp() ELSE next_at END
    WHERE type = :type AND key = :key AND state IN ('running', 'waiting')
    RETURNING id
)
INSERT INTO saga_signal (saga_id, name, data)
SELECT id, :name, :data::text::jsonb FROM open
ON CONFLICT (saga_id, name) DO NOTHING
RETURNING saga_id;

-- name: claim
-- Take sagas that are due and that nobody drives, only of the types and versions that are known here.
UPDATE saga
SET owner = :owner, fence = saga.fence + 1,
    lease_until = clock_timestamp() + :lease_s::double precision * interval '1 second'
FROM (
    SELECT id, owner AS last_owner
    FROM saga
    WHERE state IN ('running', 'waiting', 'compensating')
        AND next_at <= clock_timestamp()
        AND (lease_until IS NULL OR lease_until < clock_timestamp())
        AND (type, version) IN (SELECT * FROM unnest(:types::text[], :versions::integer[]))
    ORDER BY next_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
) AS due
WHERE saga.id = due.id
RETURNING saga.id, saga.type, saga.version, saga.key, saga.subject_kind, saga.subject_id, saga.subject_code,
    saga.tenant_id, saga.data::text AS data, saga.state, saga.step, saga.attempts, saga.error, saga.cause,
    saga.cancel_reason, saga.fence, saga.request_id, saga.traceparent, saga.on_behalf_of::text AS on_behalf_of,
    due.last_owner,
    extract(epoch FROM saga.deadline_at - clock_timestamp())::double precision AS left_s,
    extract(epoch FROM saga.step_until - clock_timestamp())::double precision AS step_left_s;

-- name: outputs
-- What the steps of a saga returned.
SELECT name, output::text AS output FROM saga_step WHERE saga_id = :saga_id AND phase = 'do' ORDER BY step;

-- name: hold_saga
-- Lock a saga whose lease is held, so that it is told nothing meanwhile.
SELECT true FROM saga WHERE id = :id AND fence = :fence FOR UPDATE;

-- name: heard
-- What a saga was told under a name.
SELECT data::text FROM saga_signal WHERE saga_id = :saga_id AND name = :name;

-- name: move
-- Keep where a saga stands; nothing is written by who lost the lease, or does not know where the saga stands.
UPDATE saga
SET state = :state, step = :step, step_name = :step_name, attempts = :attempts, error = :error, cause = :cause,
    since = CASE WHEN state <> :state OR step <> :step::integer THEN clock_timestamp() ELSE since END,
    next_at = clock_timestamp() + :delay_s::double precision * interval '1 second',
    step_until = CASE
        WHEN :step_left_s::double precision IS NOT NULL
        THEN clock_timestamp() + :step_left_s::double precision * interval '1 second'
    END,
    ended_at = CASE WHEN :state IN ('completed', 'compensated') THEN clock_timestamp() END,
    owner = CASE WHEN NOT :released THEN owner END,
    lease_until = CASE WHEN NOT :released THEN lease_until END
WHERE id = :id AND fence = :fence AND step = :was_step AND state = :was_state
RETURNING coalesce(cancel_reason, '');

-- name: keep_step
-- Keep that a step was done or undone.
INSERT INTO saga_step (saga_id, step, phase, name, output, attempts, owner)
VALUES (:saga_id, :step, :phase, :name, :output::text::jsonb, :attempts, :owner);

-- name: renew
-- Keep the leases of sagas that are being driven here.
UPDATE saga
SET lease_until = clock_timestamp() + :lease_s::double precision * interval '1 second'
FROM unnest(:ids::uuid[], :fences::bigint[]) AS held (id, fence)
WHERE saga.id = held.id AND saga.fence = held.fence AND saga.owner = :owner;

-- name: let_go
-- Let another replica, or this one, take a saga as it stands.
UPDATE saga SET owner = NULL, lease_until = NULL WHERE id = :id AND fence = :fence;

-- name: let_all_go
-- Let other replicas take whatever this one holds.
UPDATE saga SET owner = NULL, lease_until = NULL WHERE owner = :owner;

-- name: saga_counts
-- How many sagas are under way, and how many are stuck.
SELECT count(*) FILTER (WHERE state <> 'stuck') AS active, count(*) FILTER (WHERE state = 'stuck') AS stuck
FROM saga
WHERE state IN ('running', 'waiting', 'compensating', 'stuck');

-- name: unknown_sagas
-- Which types and versions of open sagas nobody here knows.
SELECT type, version, count(*) AS count
FROM saga
WHERE state IN ('running', 'waiting', 'compensating')
    AND (type, version) NOT IN (SELECT * FROM unnest(:types::text[], :versions::integer[]))
GROUP BY type, version
ORDER BY type, version;

-- name: forget_sagas
-- Forget sagas that ended long ago, with their steps and signals; the audit log keeps what became of them.
DELETE FROM saga WHERE id IN (
    SELECT id FROM saga WHERE ended_at < clock_timestamp() - interval '90 days' ORDER BY ended_at LIMIT 1000
);

-- name: lock_saga
-- A saga that a person decides on.
SELECT id, type, version, key, subject_kind, subject_id, subject_code, tenant_id, state, step_name, error, cancel_reason
FROM saga
WHERE id = :id
FOR UPDATE;

-- name: retry_saga
-- Let a saga try again now; one that is stuck is undone as if it had never failed at that.
UPDATE saga
SET state = CASE WHEN state = 'stuck' THEN 'compensating' ELSE state END,
    attempts = CASE WHEN state = 'stuck' THEN 0 ELSE attempts END,
    since = CASE WHEN state = 'stuck' THEN clock_timestamp() ELSE since END,
    next_at = clock_timestamp()
WHERE id = :id;

-- name: cancel_saga
-- Keep that a saga shall be undone, and who said so; who drives it does that before the next step.
UPDATE saga
SET cancelled_by = :cancelled_by, cancel_reason = :reason, next_at = clock_timestamp()
WHERE id = :id;

-- name: show_saga
-- One saga as it is answered, with what it was started with.
SELECT item, data::text AS data FROM saga_shown WHERE id = :id;

-- name: show_steps
-- What a saga did and undid, in that order.
SELECT coalesce(json_agg(json_build_object('name', name, 'phase', phase, 'output', output, 'attempts', attempts,
    'finished_at', finished_at) ORDER BY finished_at, step), '[]')::text
FROM saga_step
WHERE saga_id = :id;

-- name: show_signals
-- What a saga was told.
SELECT coalesce(json_agg(json_build_object('name', name, 'data', data, 'told_at', told_at) ORDER BY told_at, name),
    '[]')::text
FROM saga_signal
WHERE saga_id = :id;

-- list: sagas
-- Sagas, the latest first.
SELECT saga.id AS id, saga.item AS item, /*sort*/ AS sort_key
FROM saga_shown AS saga
WHERE true /*where*/
ORDER BY /*order*/
LIMIT :limit;
-- id: uuid
-- filter: states text[]  saga.state = ANY(:states)
-- filter: type text  saga.type = :type
-- sort: id uuid  saga.id
