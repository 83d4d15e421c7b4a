-- name: begin_numbering
-- Make the row of a source that has announced nothing yet.
INSERT INTO outbox_relay (source, epoch) VALUES (:source, 1) ON CONFLICT (source) DO NOTHING;

-- name: lock_numbering
-- Where the numbering of a source stands, for the transaction that moves it on.
SELECT epoch, next_sequence, batch FROM outbox_relay WHERE source = :source FOR UPDATE;

-- name: move_numbering
-- Keep where the numbering of a source stands.
UPDATE outbox_relay
SET epoch = :epoch, next_sequence = :next_sequence, batch = :batch::bigint[], updated_at = now()
WHERE source = :source;

-- name: drop_published
-- Delete what was published.
DELETE FROM outbox WHERE position = ANY(:positions::bigint[]);

-- name: drop_announced
-- Delete events by their identifiers; returns their positions.
DELETE FROM outbox WHERE id = ANY(:ids::uuid[]) RETURNING position;

-- name: next_announced
-- The next events in their order, as many as fit into a batch, and which transactions they were seen beside.
SELECT
    pg_snapshot_xmin(seen)::text::bigint AS oldest,
    pg_snapshot_xmax(seen)::text::bigint AS newest,
    event.position,
    event.id,
    event.type,
    event.payload,
    event.traceparent
FROM pg_current_snapshot() AS seen
LEFT JOIN LATERAL (
    SELECT fitting.*
    FROM (
        SELECT first.*, sum(octet_length(first.payload)) OVER (ORDER BY first.position) AS bytes
        FROM (
            SELECT position, id, type, payload, traceparent
            FROM outbox
            WHERE position > :after
            ORDER BY position
            LIMIT :limit
        ) AS first
    ) AS fitting
    WHERE fitting.bytes - octet_length(fitting.payload) < :bytes::bigint
) AS event ON true
ORDER BY event.position;

-- name: announced_at
-- The events at these positions.
SELECT position, id, type, payload, traceparent
FROM outbox
WHERE position = ANY(:positions::bigint[])
ORDER BY position;

-- name: queue
-- How many events are not published yet, and how old the oldest one is in seconds.
SELECT count(*) AS size, coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::double precision AS age_s
FROM outbox;

-- name: waiting_after
-- Whether an event after a position waits to be published, or a batch was begun and not finished.
SELECT EXISTS (SELECT FROM outbox WHERE position > :after)
    OR EXISTS (SELECT FROM outbox_relay WHERE source = :source AND batch <> '{}');

-- name: begin_watermark
-- Make the position of a source of which nothing was handled yet.
INSERT INTO watermark (source, epoch, sequence, stream_sequence) VALUES (:source, 1, 0, 0)
ON CONFLICT (source) DO NOTHING;

-- name: watermark
-- Up to where the events of a source have had their effect.
SELECT epoch, sequence, stream_sequence FROM watermark WHERE source = :source;

-- name: lock_watermark
-- The same, for the transaction that moves it on, or changes which events of the source are parked.
SELECT epoch, sequence, stream_sequence FROM watermark WHERE source = :source FOR UPDATE;

-- name: move_watermark
-- Keep up to where the events of a source have had their effect.
UPDATE watermark
SET epoch = :epoch, sequence = :sequence, stream_sequence = :stream_sequence, updated_at = now()
WHERE source = :source;

-- name: blocked_subjects
-- Which of these subjects have parked events of a source.
SELECT DISTINCT subject_id
FROM dead_letter
WHERE source = :source AND subject_id = ANY(:subject_ids::text[]) AND state IN ('waiting', 'dead');

-- name: park_letter
-- Park an event; one that follows another of its subject has no time of its own.
INSERT INTO dead_letter (source, epoch, sequence, event_id, type, subject_id, envelope, attempts, next_attempt_at, error)
VALUES (
    :source, :epoch, :sequence, :event_id, :type, :subject_id, :envelope, :attempts,
    now() + :delay_s::double precision * interval '1 second', :error
)
ON CONFLICT (source, event_id) DO NOTHING;

-- name: due_letters
-- Parked events of a source that are to be tried now.
SELECT id
FROM dead_letter
WHERE state = 'waiting' AND next_attempt_at <= now() AND source = :source
ORDER BY next_attempt_at, id
LIMIT 100;

-- name: lock_due_letter
-- A parked event that is to be tried now, unless it was tried or decided on meanwhile.
SELECT id, epoch, sequence, event_id, type, subject_id, envelope, attempts
FROM dead_letter
WHERE id = :id AND state = 'waiting' AND next_attempt_at <= now()
FOR UPDATE;

-- name: letter_failed
-- Keep that a parked event failed again, and when it is tried next; without a time it waits for a person.
UPDATE dead_letter
SET attempts = attempts + 1,
    error = :error,
    next_attempt_at = now() + :delay_s::double precision * interval '1 second',
    state = CASE WHEN :delay_s::double precision IS NULL THEN 'dead' ELSE 'waiting' END
WHERE id = :id;

-- name: letter_done
-- Keep that a parked event has had its effect.
UPDATE dead_letter
SET state = 'replayed', attempts = attempts + 1, next_attempt_at = NULL, resolved_at = now()
WHERE id = :id;

-- name: release_next
-- Let the next parked event of a subject be tried now, if it only waits for those before it.
UPDATE dead_letter
SET next_attempt_at = now()
WHERE state = 'waiting' AND id = (
    SELECT min(id)
    FROM dead_letter
    WHERE source = :source AND subject_id = :subject_id AND state IN ('waiting', 'dead')
);

-- name: letter_counts
-- How many events wait for another attempt, and how many for a person.
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'dead') AS dead
FROM dead_letter
WHERE state IN ('waiting', 'dead');

-- name: forget_letters
-- Forget parked events that were decided on long ago.
DELETE FROM dead_letter WHERE id IN (
    SELECT id FROM dead_letter
    WHERE state IN ('replayed', 'discarded') AND resolved_at < now() - interval '90 days'
    LIMIT 1000
);

-- name: letter
-- A parked event that a person decides on.
SELECT id, source, type, subject_id, event_id, state FROM dead_letter WHERE id = :id;

-- name: lock_letter
-- The state of a parked event, for the transaction that decides on it.
SELECT state FROM dead_letter WHERE id = :id FOR UPDATE;

-- name: is_first_letter
-- Whether no event of the same subject is parked before this one.
SELECT NOT EXISTS (
    SELECT FROM dead_letter
    WHERE source = :source AND subject_id = :subject_id AND state IN ('waiting', 'dead') AND id < :id
);

-- name: replay_letter
-- Let a parked event be tried as often as a new one; due tells whether now or after those before it.
UPDATE dead_letter
SET state = 'waiting', attempts = 0, next_attempt_at = CASE WHEN :due THEN now() END, resolved_by = NULL, reason = :reason
WHERE id = :id;

-- name: discard_letter
-- Keep that a parked event shall have no effect, who decided that and why.
UPDATE dead_letter
SET state = 'discarded', next_attempt_at = NULL, resolved_at = now(), resolved_by = :resolved_by, reason = :reason
WHERE id = :id;

-- list: letters
-- Parked events, the latest first.
SELECT
    letter.id AS id,
    json_build_object(
        'id', letter.id,
        'source', letter.source,
        'epoch', letter.epoch,
        'sequence', letter.sequence,
        'event_id', letter.event_id,
        'type', letter.type,
        'subject_id', letter.subject_id,
        'state', letter.state,
        'attempts', letter.attempts,
        'next_attempt_at', letter.next_attempt_at,
        'error', letter.error,
        'created_at', letter.created_at,
        'resolved_at', letter.resolved_at,
        'resolved_by', letter.resolved_by,
        'reason', letter.reason,
        'envelope', letter.envelope
    )::text AS item,
    /*sort*/ AS sort_key
FROM dead_letter AS letter
WHERE true /*where*/
ORDER BY /*order*/
LIMIT :limit;
-- id: bigint
-- filter: state text  letter.state = :state
-- sort: id bigint  letter.id
