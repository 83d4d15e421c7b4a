-- list: webhooks
-- One page of endpoints, each with what waits for it and how the last attempt ended.
SELECT w.id, /*sort*/ AS sort_key, json_build_object('id', w.id, 'name', w.name, 'url', w.url,
    'event_types', w.event_types, 'state', w.state, 'state_reason', w.state_reason, 'failures', w.failures,
    'waiting_count', (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'),
    'next_at', w.next_at, 'last_status', w.last_status, 'last_attempt_at', w.last_attempt_at, 'created_by', w.created_by,
    'created_at', w.created_at, 'updated_at', w.updated_at, 'version', w.version)::text AS item
FROM webhook w
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   w.id = :id
-- filter: state text   w.state = :state
-- sort: name text w.name
-- sort: created timestamptz w.created_at

-- name: find_version
-- The version of an endpoint.
SELECT version FROM webhook WHERE id = :webhook_id;

-- name: lock_webhook
-- One endpoint as the rules need it, locked.
SELECT w.id, w.name, w.url, w.event_types, w.state, w.state_reason, w.failures, w.version
FROM webhook w WHERE w.id = :webhook_id FOR UPDATE;

-- name: insert_webhook
-- A new endpoint; its secret is sealed.
INSERT INTO webhook (id, name, url, event_types, secret_sealed, next_at, created_by, created_at, updated_at)
VALUES (:webhook_id, :name, :url, :event_types::text[], :secret_sealed, :at, :created_by, :at, :at);

-- name: update_webhook
-- The changed endpoint; it is tried at once where it is active.
UPDATE webhook SET name = :name, url = :url, event_types = :event_types::text[], state = :state,
    state_reason = :state_reason, failures = 0, next_at = :at, updated_at = :at, version = version + 1
WHERE id = :webhook_id;

-- name: replace_secret
-- The endpoint with another secret.
UPDATE webhook SET secret_sealed = :secret_sealed, updated_at = :at, version = version + 1 WHERE id = :webhook_id;

-- name: subscribers
-- The endpoints for which events are kept, and which events concern them.
SELECT w.id, w.event_types FROM webhook w WHERE w.state IN ('active', 'paused') ORDER BY w.id FOR SHARE;

-- name: enqueue
-- Deliveries in the order given; an event that an endpoint has already is passed over.
INSERT INTO webhook_delivery (id, webhook_id, kind, event_id, event_type, body, requested_by, created_at)
SELECT v.id, v.webhook_id, :kind, v.event_id, v.event_type, v.body, :requested_by, :at
FROM unnest(:ids::uuid[], :webhook_ids::uuid[], :event_ids::uuid[], :event_types::text[], :bodies::text[])
    WITH ORDINALITY AS v (id, webhook_id, event_id, event_type, body, n) ORDER BY v.n
ON CONFLICT (webhook_id, event_id) WHERE kind = 'event' DO NOTHING;

-- name: claim
-- The endpoint that is due longest, and its first delivery, for whoever asked; others pass it by meanwhile.
WITH due AS (
    SELECT w.id FROM webhook w
    WHERE w.state = 'active' AND w.next_at <= :at AND (w.leased_until IS NULL OR w.leased_until < :at)
        AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting')
    ORDER BY w.next_at, w.id LIMIT 1 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE webhook w SET lease = :lease, leased_until = :at::timestamptz + make_interval(secs => :lease_s)
    FROM due WHERE w.id = due.id RETURNING w.id, w.url, w.secret_sealed, w.failures, w.lease
)
SELECT l.id AS webhook_id, l.url, l.secret_sealed, l.failures, l.lease, d.id AS delivery_id, d.event_id, d.body,
    d.attempts
FROM leased l CROSS JOIN LATERAL (
    SELECT id, event_id, body, attempts FROM webhook_delivery
    WHERE webhook_id = l.id AND state = 'waiting' ORDER BY position LIMIT 1) d;

-- name: release
-- An endpoint after an attempt, if it is ours still; the pause counts from now on.
UPDATE webhook SET lease = NULL, leased_until = NULL, failures = :failures, last_status = :status, last_attempt_at = :at,
    next_at = :at::timestamptz + make_interval(secs => :delay_s)
WHERE id = :webhook_id AND lease = :lease
RETURNING id;

-- name: pause
-- An endpoint to which nothing is sent until a person says so.
UPDATE webhook SET state = 'paused', state_reason = :reason, updated_at = :at, version = version + 1
WHERE id = :webhook_id AND state = 'active';

-- name: insert_attempt
-- How an attempt ended.
INSERT INTO webhook_attempt (id, delivery_id, number, status, duration_ms, error, answer, at)
VALUES (:attempt_id, :delivery_id, :number, :status, :duration_ms, :error, :answer, :at);

-- name: count_attempt
-- A delivery after an attempt; it has ended where it arrived.
UPDATE webhook_delivery SET attempts = attempts + 1, state = CASE WHEN :arrived THEN 'delivered' ELSE state END,
    ended_at = CASE WHEN :arrived THEN :at::timestamptz ELSE ended_at END
WHERE id = :delivery_id AND state = 'waiting' RETURNING attempts;

-- name: discard
-- A delivery that is not sent any more.
UPDATE webhook_delivery SET state = 'discarded', ended_at = :at
WHERE id = :delivery_id AND webhook_id = :webhook_id AND state = 'waiting' RETURNING event_type;

-- name: discard_all
-- Everything that waits for an endpoint is not sent any more.
UPDATE webhook_delivery SET state = 'discarded', ended_at = :at WHERE webhook_id = :webhook_id AND state = 'waiting';

-- name: find_delivery
-- What a delivery sends.
SELECT event_id, event_type, body, kind FROM webhook_delivery WHERE id = :delivery_id AND webhook_id = :webhook_id;

-- list: deliveries
-- One page of the deliveries of an endpoint, each with how its last attempt ended.
SELECT d.id, /*sort*/ AS sort_key, json_build_object('id', d.id, 'webhook_id', d.webhook_id, 'kind', d.kind,
    'event_id', d.event_id, 'event_type', d.event_type, 'state', d.state, 'attempts', d.attempts,
    'requested_by', d.requested_by, 'status', a.status, 'duration_ms', a.duration_ms, 'error', coalesce(a.error, ''),
    'last_attempt_at', a.at, 'created_at', d.created_at, 'ended_at', d.ended_at)::text AS item
FROM webhook_delivery d
LEFT JOIN webhook_attempt a ON a.delivery_id = d.id AND a.number = d.attempts
WHERE d.webhook_id = :webhook_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   d.id = :id
-- filter: state text   d.state = :state
-- filter: event_type text   d.event_type = :event_type
-- sort: created timestamptz d.created_at

-- list: attempts
-- One page of the attempts of a delivery.
SELECT a.id, /*sort*/ AS sort_key, json_build_object('number', a.number, 'status', a.status,
    'duration_ms', a.duration_ms, 'error', a.error, 'answer', a.answer, 'at', a.at)::text AS item
FROM webhook_attempt a JOIN webhook_delivery d ON d.id = a.delivery_id
WHERE a.delivery_id = :delivery_id AND d.webhook_id = :webhook_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: number integer a.number

-- name: paused_before
-- Endpoints that nobody has resumed since a moment.
SELECT id FROM webhook WHERE state = 'paused' AND updated_at < :before ORDER BY id;

-- name: forget_ended
-- Deliveries that ended before a moment, with their attempts.
DELETE FROM webhook_delivery WHERE state <> 'waiting' AND ended_at < :before;
