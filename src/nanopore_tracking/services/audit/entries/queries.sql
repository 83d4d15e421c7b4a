-- name: lock_head
-- The size of the log, locked until the entries that follow it are in.
SELECT size FROM log_head FOR UPDATE;

-- name: grow_head
-- The new size of the log.
UPDATE log_head SET size = :size;

-- name: insert_entries
-- Entries in their order, numbered on from :size.
INSERT INTO entry (sequence, event_id, type, version, source, epoch, source_sequence, occurred_at, recorded_at,
    actor_kind, actor_id, actor_name, request_id, trace_id, subject_kind, subject_id, subject_code, tenant_id,
    changes, data, on_behalf_kind, on_behalf_id, on_behalf_name)
SELECT :size::bigint + n, event_id, type, version, source, epoch, source_sequence, occurred_at, :recorded_at::timestamptz,
    actor_kind, actor_id, actor_name, request_id, trace_id, subject_kind, subject_id, subject_code, tenant_id,
    changes::json, data::json, on_behalf_kind, on_behalf_id, on_behalf_name
FROM unnest(:event_ids::uuid[], :types::text[], :versions::integer[], :sources::text[], :epochs::bigint[],
    :source_sequences::bigint[], :occurred_ats::timestamptz[], :actor_kinds::text[], :actor_ids::text[],
    :actor_names::text[], :request_ids::text[], :trace_ids::text[], :subject_kinds::text[], :subject_ids::text[],
    :subject_codes::text[], :tenant_ids::uuid[], :changes::text[], :data::text[],
    :on_behalf_kinds::text[], :on_behalf_ids::text[], :on_behalf_names::text[])
    WITH ORDINALITY AS e(event_id, type, version, source, epoch, source_sequence, occurred_at, actor_kind, actor_id,
    actor_name, request_id, trace_id, subject_kind, subject_id, subject_code, tenant_id, changes, data,
    on_behalf_kind, on_behalf_id, on_behalf_name, n);

-- list: entries
-- One page of the log, as far as the reader may see: everything, or what belongs to no lab, or what they did themselves.
SELECT e.event_id AS id, /*sort*/ AS sort_key, e.item
FROM entry_shown e
WHERE (:everything::boolean OR (:system::boolean AND e.tenant_id IS NULL) OR e.actor_id = :own::text) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: object_kind text   e.subject_kind = :object_kind
-- filter: object_id text   e.subject_id = :object_id
-- filter: object_code text   e.subject_code = :object_code
-- filter: actor text
--   (e.actor_id = :actor OR lower(e.actor_name) = lower(:actor) OR e.on_behalf_id = :actor
--   OR lower(e.on_behalf_name) = lower(:actor))
-- filter: type text   e.type = :type
-- filter: source text   e.source = :source
-- filter: request_id text   e.request_id = :request_id
-- filter: since timestamptz   e.occurred_at >= :since
-- filter: until timestamptz   e.occurred_at < :until
-- sort: sequence bigint e.sequence

-- list: history
-- One page of what happened to one object of a lab, within the labs in scope; what belongs to no lab is not told here.
SELECT e.event_id AS id, /*sort*/ AS sort_key, e.item
FROM entry_shown e
WHERE e.subject_id = :subject_id::text AND e.subject_kind = :subject_kind::text
    AND e.tenant_id IS NOT NULL AND (:scope::uuid[] IS NULL OR e.tenant_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: sequence bigint e.sequence

-- name: show_entry
-- One entry by its place in the log, as far as the reader may see it.
SELECT e.item
FROM entry_shown e
WHERE e.sequence = :sequence
    AND (:everything::boolean OR (:system::boolean AND e.tenant_id IS NULL) OR e.actor_id = :own::text);

-- name: state
-- The size of the log, and for each source and its newest epoch the position and the number of entries, as tallied.
SELECT json_build_object('size', h.size, 'sources', coalesce((
    SELECT json_agg(json_build_object('source', s.source, 'epoch', s.epoch, 'source_sequence', s.last,
        'entries', s.entries, 'recorded_at', s.recorded_at) ORDER BY s.source)
    FROM (SELECT DISTINCT ON (t.source) t.source, t.epoch, t.last, t.entries, t.recorded_at
        FROM log_source t ORDER BY t.source, t.epoch DESC) s), '[]'::json))::text
FROM log_head h;

-- name: holes
-- How many entries are missing in the numbers of the whole log, and in those of each source and epoch; each begins at 1.
SELECT 'log' AS source, 0::bigint AS epoch, greatest(h.size, (SELECT max(e.sequence) FROM entry e), 0)
    - (SELECT count(*) FROM entry) AS missing
FROM log_head h
UNION ALL
SELECT e.source, e.epoch, max(e.source_sequence) - count(*) FROM entry e GROUP BY e.source, e.epoch
ORDER BY source, epoch;
