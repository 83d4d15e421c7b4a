-- list: deliveries
-- One page of deliveries in a scope.
SELECT d.id, /*sort*/ AS sort_key, json_build_object('id', d.id, 'code', d.code, 'state', d.state, 'lab_id', d.lab_id,
    'lab_name', (SELECT l.name FROM lab l WHERE l.id = d.lab_id), 'project_id', d.project_id,
    'project_code', (SELECT p.code FROM project p WHERE p.id = d.project_id),
    'submission_code', (SELECT s.code FROM submission s WHERE s.id = d.submission_id), 'method', d.method,
    'destination', d.destination,
    'sample_count', (SELECT count(*) FROM delivery_item i WHERE i.delivery_id = d.id), 'file_count', d.file_count,
    'size_bytes', d.size_bytes, 'verified_at', d.verified_at, 'released_at', d.released_at,
    'link_expires_at', d.link_expires_at, 'received_at', d.received_at, 'created_at', d.created_at,
    'updated_at', d.updated_at, 'version', d.version)::text AS item
FROM delivery d
WHERE (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: state text[]   d.state = ANY(:state)
-- filter: lab_id uuid   d.lab_id = :lab_id
-- filter: project_id uuid   d.project_id = :project_id
-- filter: submission_id uuid   d.submission_id = :submission_id
-- filter: sample_id uuid
--   EXISTS (SELECT FROM delivery_item i WHERE i.delivery_id = d.id AND i.sample_id = :sample_id)
-- sort: updated timestamptz d.updated_at
-- sort: code text d.code

-- name: show_delivery
-- One delivery in a scope.
SELECT d.version, json_build_object('id', d.id, 'code', d.code, 'state', d.state, 'lab_id', d.lab_id,
    'lab_name', l.name, 'project_id', d.project_id, 'project_code', p.code,
    'submission_code', (SELECT s.code FROM submission s WHERE s.id = d.submission_id), 'method', d.method,
    'destination', d.destination,
    'sample_count', (SELECT count(*) FROM delivery_item i WHERE i.delivery_id = d.id), 'file_count', d.file_count,
    'size_bytes', d.size_bytes, 'verified_at', d.verified_at, 'released_at', d.released_at,
    'link_expires_at', d.link_expires_at, 'received_at', d.received_at, 'created_at', d.created_at,
    'updated_at', d.updated_at, 'version', d.version, 'link_url', d.link_url, 'note', d.note,
    'manifest_sha256', d.manifest_sha256, 'verified_sha256', d.verified_sha256, 'released_by', d.released_by,
    'received_by', d.received_by, 'retention_until', d.retention_until,
    'redelivers_code', (SELECT o.code FROM delivery o WHERE o.id = d.redelivers), 'state_reason', d.state_reason,
    'created_by', d.created_by,
    'samples', (SELECT json_agg(json_build_object('code', x.code, 'name', x.name, 'stage', x.stage) ORDER BY x.code)
        FROM delivery_item i JOIN sample x ON x.id = i.sample_id WHERE i.delivery_id = d.id),
    'unassigned_count', (SELECT count(*) FROM delivery_file f WHERE f.delivery_id = d.id AND f.unassigned),
    'unassigned', (SELECT coalesce(json_agg(json_build_object('folder', n.folder, 'file_count', n.many,
            'example', n.example) ORDER BY n.folder), '[]'::json)
        FROM (SELECT regexp_replace(f.path, '[^/]*$', '') AS folder, count(*) AS many, min(f.path) AS example
            FROM delivery_file f WHERE f.delivery_id = d.id AND f.unassigned GROUP BY 1 ORDER BY 1 LIMIT 50) n),
    'handover', (SELECT json_build_object('saga_id', g.id, 'state', g.state, 'step', g.step_name, 'error', g.error,
        'cause', g.cause, 'since', g.since,
        'done', (SELECT coalesce(json_agg(k.name ORDER BY k.step), '[]') FROM saga_step k
            WHERE k.saga_id = g.id AND k.phase = 'do'),
        'mailed', (SELECT (k.output ->> 'mail')::boolean FROM saga_step k
            WHERE k.saga_id = g.id AND k.phase = 'do' AND k.name = 'tell'),
        'left', coalesce((SELECT k.output -> 'left' FROM saga_step k
            WHERE k.saga_id = g.id AND k.phase = 'do' AND k.name = 'deliver'), '[]'))
        FROM saga g WHERE g.id = d.handover_saga))::text AS item
FROM delivery d JOIN lab l ON l.id = d.lab_id JOIN project p ON p.id = d.project_id
WHERE d.id = :delivery_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope));

-- name: handover_undone
-- Whether the handover of a delivery was undone, is being undone, or somebody decided that it shall be.
SELECT EXISTS (SELECT FROM delivery d JOIN saga g ON g.id = d.handover_saga
WHERE d.id = :delivery_id AND (g.state IN ('compensating', 'compensated', 'stuck') OR g.cancel_reason IS NOT NULL));

-- name: find_delivery
-- The id of the delivery with this code in a scope.
SELECT d.id FROM delivery d WHERE d.code = :code AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope));

-- name: lock_delivery
-- Lock a delivery to be changed.
SELECT d.id FROM delivery d
WHERE d.id = :delivery_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope)) FOR UPDATE;

-- name: read_delivery
-- A delivery in a scope, with its samples and their stages.
SELECT d.id, d.code, d.lab_id, d.project_id, d.submission_id, d.state, d.method, d.destination, d.link_url, d.note,
    d.file_count, d.size_bytes, d.manifest_sha256, d.verified_sha256, d.verified_at, d.released_by, d.released_at,
    d.link_expires_at, d.retention_until, d.received_by, d.received_at, d.version,
    (SELECT json_object_agg(x.code, x.stage) FROM delivery_item i JOIN sample x ON x.id = i.sample_id
        WHERE i.delivery_id = d.id) AS samples,
    (SELECT count(*)::integer FROM delivery_file f WHERE f.delivery_id = d.id AND f.unassigned) AS unassigned
FROM delivery d WHERE d.id = :delivery_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope));

-- name: next_number
-- The next number of a year's deliveries; the row stays locked until the transaction ends, so that none is lost.
INSERT INTO counter (series, year, last) VALUES ('delivery', :year, 1)
ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1
RETURNING last;

-- name: wanted_samples
-- Samples of a scope by their codes, with what they belong to.
SELECT x.id, x.code, x.alias, x.lab_id, x.project_id, x.submission_id FROM sample x
WHERE x.code = ANY(:codes) AND (:scope::uuid[] IS NULL OR x.lab_id = ANY(:scope)) ORDER BY x.code;

-- name: samples_of
-- The samples of a delivery.
SELECT x.id, x.code, x.alias, x.lab_id, x.project_id, x.submission_id
FROM delivery_item i JOIN sample x ON x.id = i.sample_id WHERE i.delivery_id = :delivery_id ORDER BY x.code;

-- name: insert_delivery
-- A new delivery without files.
INSERT INTO delivery (id, code, lab_id, project_id, submission_id, method, destination, link_url, note, redelivers,
    created_by, created_at, updated_at)
VALUES (:delivery_id, :code, :lab_id, :project_id, :submission_id, :method, :destination, :link_url, :note,
    :redelivers, :created_by, :at, :at);

-- name: insert_items
-- The samples of a delivery.
INSERT INTO delivery_item (delivery_id, sample_id) SELECT :delivery_id, unnest(:sample_ids::uuid[]);

-- name: update_delivery
-- How and where to.
UPDATE delivery SET method = :method, destination = :destination, link_url = :link_url, note = :note,
    retention_until = :retention_until, updated_at = :at, version = version + 1
WHERE id = :delivery_id;

-- name: remove_files
-- A delivery without its files.
DELETE FROM delivery_file WHERE delivery_id = :delivery_id;

-- name: insert_files
-- The files of a delivery.
INSERT INTO delivery_file (id, delivery_id, path, size_bytes, sha256, sample_id, unassigned)
SELECT gen_random_uuid(), :delivery_id, v.path, v.size_bytes, v.sha256, x.id, v.unassigned
FROM unnest(:paths::text[], :sizes::bigint[], :sums::text[], :samples::text[], :unassigned::boolean[])
    AS v (path, size_bytes, sha256, sample, unassigned) LEFT JOIN sample x ON x.code = v.sample;

-- name: assign_files
-- Whose data files are, null for all: of these paths, else of what has no sample yet in a folder, or anywhere.
UPDATE delivery_file SET sample_id = (SELECT x.id FROM sample x WHERE x.code = :sample::text), unassigned = false
WHERE delivery_id = :delivery_id AND CASE WHEN cardinality(:paths::text[]) > 0 THEN path = ANY(:paths::text[])
    ELSE unassigned AND (:folder::text IS NULL OR regexp_replace(path, '[^/]*$', '') = :folder::text) END
RETURNING id;

-- name: touch_delivery
-- A delivery of which something else than its own row was changed.
UPDATE delivery SET updated_at = :at, version = version + 1 WHERE id = :delivery_id;

-- name: store_manifest
-- The sum of the manifest; what was verified before counts no more.
UPDATE delivery SET manifest_sha256 = :manifest_sha256, file_count = :file_count, size_bytes = :size_bytes,
    verified_sha256 = NULL, verified_at = NULL, updated_at = :at, version = version + 1
WHERE id = :delivery_id;

-- name: manifest
-- All files of a delivery, by path.
SELECT f.path, f.sha256, f.size_bytes, (SELECT x.code FROM sample x WHERE x.id = f.sample_id) AS sample, f.unassigned
FROM delivery_file f WHERE f.delivery_id = :delivery_id ORDER BY f.path;

-- list: files
-- One page of the files of a delivery in a scope.
SELECT f.id, /*sort*/ AS sort_key, json_build_object('id', f.id, 'path', f.path, 'size_bytes', f.size_bytes,
    'sha256', f.sha256, 'sample_code', (SELECT x.code FROM sample x WHERE x.id = f.sample_id),
    'unassigned', f.unassigned)::text AS item
FROM delivery_file f JOIN delivery d ON d.id = f.delivery_id
WHERE f.delivery_id = :delivery_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: unassigned boolean   f.unassigned = :unassigned
-- sort: path text f.path

-- list: verifications
-- One page of what was found at the destination of a delivery in a scope.
SELECT v.id, /*sort*/ AS sort_key, json_build_object('id', v.id, 'manifest_sha256', v.manifest_sha256,
    'place', v.place, 'file_count', v.file_count, 'whole', v.whole, 'differences', v.differences,
    'difference_count', v.difference_count, 'verified_by', v.verified_by, 'verified_at', v.verified_at)::text AS item
FROM delivery_verification v JOIN delivery d ON d.id = v.delivery_id
WHERE v.delivery_id = :delivery_id AND (:scope::uuid[] IS NULL OR d.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   v.id = :id
-- sort: verified timestamptz v.verified_at

-- name: insert_verification
-- What was found at the destination.
INSERT INTO delivery_verification (id, delivery_id, manifest_sha256, place, file_count, whole, differences,
    difference_count, verified_by, verified_at)
VALUES (:verification_id, :delivery_id, :manifest_sha256, :place, :file_count, :whole, :differences::json,
    :difference_count, :verified_by, :at);

-- name: store_verified
-- That the manifest was found whole, or that it was not.
UPDATE delivery SET verified_sha256 = CASE WHEN :whole THEN manifest_sha256 END,
    verified_at = CASE WHEN :whole THEN :at::timestamptz END, state = :state, updated_at = :at, version = version + 1
WHERE id = :delivery_id;

-- name: move_delivery
-- A delivery in another state.
UPDATE delivery SET state = :state, state_reason = :reason, updated_at = :at, version = version + 1
WHERE id = :delivery_id;

-- name: release_delivery
-- A delivery that a person released.
UPDATE delivery SET state = 'released', released_by = :released_by, released_at = :at,
    link_expires_at = :link_expires_at, updated_at = :at, version = version + 1
WHERE id = :delivery_id;

-- name: receive_delivery
-- A delivery whose receipt is confirmed.
UPDATE delivery SET state = 'received', received_by = :received_by, received_at = :at, updated_at = :at,
    version = version + 1
WHERE id = :delivery_id;

-- name: over
-- Released deliveries whose link has ended.
SELECT d.id FROM delivery d WHERE d.state = 'released' AND d.link_expires_at <= :at
ORDER BY d.link_expires_at LIMIT 100;

-- name: released_of_submission
-- The delivery of a submission with this code, where it was released.
SELECT d.id FROM delivery d
WHERE d.code = :code AND d.submission_id = :submission_id AND d.state IN ('released', 'received', 'expired');

-- name: handovers
-- The delivery that each sample is judged by: one that was released before one that is not, then the latest.
SELECT DISTINCT ON (i.sample_id) i.sample_id, d.code, d.method,
    CASE WHEN d.verified_sha256 = d.manifest_sha256 THEN d.verified_at END AS verified_at,
    CASE WHEN d.state IN ('released', 'received', 'expired') THEN d.released_by ELSE '' END AS released_by,
    d.received_at, d.link_expires_at, d.retention_until
FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
WHERE i.sample_id = ANY(:sample_ids::uuid[]) AND i.superseded_at IS NULL AND d.state <> 'retracted'
ORDER BY i.sample_id, d.released_at IS NULL, d.created_at DESC, d.id DESC;

-- name: supersede
-- Deliveries of samples whose work went back.
UPDATE delivery_item SET superseded_at = :at WHERE sample_id = ANY(:sample_ids::uuid[]) AND superseded_at IS NULL;
