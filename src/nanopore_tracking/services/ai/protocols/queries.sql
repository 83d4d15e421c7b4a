-- list: protocols
-- One page of the protocols of the laboratory.
SELECT p.id, /*sort*/ AS sort_key, json_build_object('id', p.id, 'title', p.title, 'retired_by', p.retired_by,
    'retired_at', p.retired_at, 'version', p.version, 'versions',
    (SELECT coalesce(json_agg(json_build_object('number', v.number, 'filename', v.filename, 'kind', v.kind,
        'size_bytes', v.size_bytes, 'warnings', v.warnings, 'uploaded_by', v.uploaded_by,
        'uploaded_at', v.uploaded_at, 'passage_count',
        (SELECT count(*) FROM protocol_passage a WHERE a.version_id = v.id)) ORDER BY v.number DESC), '[]')
        FROM protocol_version v WHERE v.protocol_id = p.id))::text AS item
FROM protocol p WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid           p.id = :id
-- filter: retired boolean   (p.retired_at IS NOT NULL) = :retired
-- sort: title text          p.title

-- name: insert_protocol
-- A protocol that has no version yet.
INSERT INTO protocol (id, title, created_at) VALUES (:protocol_id, :title, :at);

-- name: lock_protocol
-- A protocol that is about to be changed.
SELECT p.id, p.title, p.retired_at, p.version FROM protocol p WHERE p.id = :protocol_id FOR UPDATE;

-- name: next_number
-- The number that the next version of a protocol has.
SELECT coalesce(max(v.number), 0) + 1 FROM protocol_version v WHERE v.protocol_id = :protocol_id;

-- name: insert_version
-- A version of a protocol.
INSERT INTO protocol_version (id, protocol_id, number, filename, kind, sha256, size_bytes, warnings, uploaded_by,
    uploaded_at)
VALUES (:version_id, :protocol_id, :number, :filename, :kind, :sha256, :size_bytes, :warnings::jsonb, :by, :at);

-- name: insert_passages
-- Its passages.
INSERT INTO protocol_passage (id, version_id, position, heading, body, page)
SELECT n.id, :version_id, n.position, n.heading, n.body, n.page
FROM jsonb_to_recordset(:items::jsonb) AS n(id uuid, position integer, heading text, body text, page integer);

-- name: changed
-- A protocol that has another version.
UPDATE protocol SET version = version + 1 WHERE id = :protocol_id;

-- name: retire
-- A protocol that is not searched any more.
UPDATE protocol SET retired_by = :by, retired_at = :at, version = version + 1 WHERE id = :protocol_id;

-- name: find_version
-- One version of a protocol, the last one where none is named.
SELECT v.id, v.number, v.filename, v.kind, v.sha256 FROM protocol_version v
WHERE v.protocol_id = :protocol_id AND (:number::integer IS NULL OR v.number = :number)
ORDER BY v.number DESC LIMIT 1;

-- name: passages_of
-- What a version says, in its order.
SELECT coalesce(json_agg(json_build_object('id', a.id, 'position', a.position, 'heading', a.heading, 'body', a.body,
    'page', a.page) ORDER BY a.position), '[]')::text
FROM protocol_passage a WHERE a.version_id = :version_id;

-- name: by_words
-- Passages that hold the words of a question, the best first.
SELECT n.id FROM protocol_passage_now n, websearch_to_tsquery('english', :q) AS asked
WHERE n.words @@ asked ORDER BY ts_rank_cd(n.words, asked) DESC, n.title, n.position LIMIT :most;

-- name: by_meaning
-- Passages that are near to a question in meaning, the nearest first.
SELECT n.id, n.near FROM near_passages(:asked::real[], :model, :most, :extended) n;

-- name: show_passages
-- Passages that were found, with the protocols that they are of.
SELECT n.id, n.protocol_id, n.title, n.number, n.position, n.heading, n.body, n.page FROM protocol_passage_now n
WHERE n.id = ANY(:ids::uuid[]);

-- name: without_vector
-- Passages that are searched and of which the model has not said yet what they mean.
SELECT n.id, n.heading, n.body FROM protocol_passage_now n WHERE n.model IS DISTINCT FROM :model
ORDER BY n.id LIMIT :most;

-- name: keep_vectors
-- What passages mean.
UPDATE protocol_passage a SET vector = n.vector, model = :model
FROM jsonb_to_recordset(:items::jsonb) AS n(id uuid, vector real[]) WHERE a.id = n.id;
