-- list: excursions
-- One page of excursions.
SELECT e.id, /*sort*/ AS sort_key, json_build_object('id', e.id, 'location_id', e.location_id, 'path', e.path,
    'from_at', e.from_at, 'until_at', e.until_at, 'max_temperature_c', e.max_temperature_c, 'note', e.note,
    'container_count', e.container_count, 'open_findings', (SELECT count(*) FROM excursion_finding f
        WHERE f.excursion_id = e.id AND f.verdict IS NULL),
    'recorded_by', e.recorded_by, 'recorded_at', e.recorded_at)::text AS item
FROM excursion e
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   e.id = :id
-- filter: location_id uuid   e.location_id = :location_id
-- sort: recorded timestamptz e.recorded_at

-- list: findings
-- One page of what excursions mean for samples, within the labs in scope.
SELECT f.id, /*sort*/ AS sort_key, json_build_object('id', f.id, 'excursion_id', f.excursion_id,
    'sample_id', f.sample_id, 'sample_code', s.code, 'sample_name', s.name, 'path', e.path, 'from_at', e.from_at,
    'until_at', e.until_at, 'max_temperature_c', e.max_temperature_c, 'note', e.note, 'verdict', f.verdict,
    'reason', f.reason, 'resolved_by', f.resolved_by, 'resolved_at', f.resolved_at, 'created_at', f.created_at,
    'version', f.version)::text AS item
FROM excursion_finding f JOIN excursion e ON e.id = f.excursion_id JOIN sample s ON s.id = f.sample_id
WHERE (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   f.id = :id
-- filter: sample_id uuid   f.sample_id = :sample_id
-- filter: excursion_id uuid   f.excursion_id = :excursion_id
-- filter: open boolean   (f.verdict IS NULL) = :open
-- sort: created timestamptz f.created_at

-- name: reached
-- The containers that were in a place or in anything in it at any time between two moments, by where both stood then.
-- A place stood where it was registered before that too: it is entered later than it is put up.
WITH RECURSIVE stood AS (
    SELECT m.location_id, m.parent_id,
        CASE WHEN lag(m.id) OVER moves IS NULL THEN '-infinity' ELSE m.moved_at END AS since,
        lead(m.moved_at, 1, 'infinity') OVER moves AS until
    FROM storage_move m
    WINDOW moves AS (PARTITION BY m.location_id ORDER BY m.id)
), held AS (
    SELECT :location_id::uuid AS location_id, :from_at::timestamptz AS since, :until_at::timestamptz AS until
    UNION
    SELECT s.location_id, greatest(s.since, h.since), least(s.until, h.until)
    FROM held h JOIN stood s ON s.parent_id = h.location_id AND s.since <= h.until AND s.until >= h.since
)
SELECT DISTINCT e.container_id, c.sample_id
FROM held h JOIN custody_event e ON e.location_id = h.location_id AND e.happened_at <= h.until
JOIN container c ON c.id = e.container_id
LEFT JOIN custody_event n ON n.container_id = e.container_id AND n.sequence = e.sequence + 1
WHERE coalesce(n.happened_at, 'infinity') >= h.since AND c.status NOT IN ('destroyed', 'consumed')
LIMIT :most;

-- name: of_contents
-- The samples of which an aliquot, a library or a pool is in some containers.
WITH held AS (
    SELECT c.subject_kind AS kind, c.subject_code AS code FROM container c
    WHERE c.id = ANY(:container_ids::uuid[]) AND c.sample_id IS NULL
), made AS (
    SELECT l.id FROM held h JOIN library l ON h.kind = 'library' AND l.code = upper(h.code)
    UNION
    SELECT m.library_id FROM held h JOIN pool p ON h.kind = 'pool' AND p.code = h.code
    JOIN pool_component m ON m.pool_id = p.id
)
SELECT a.sample_id FROM held h JOIN aliquot a ON h.kind = 'aliquot' AND a.code = upper(h.code)
UNION
SELECT s.sample_id FROM made m JOIN library_source s ON s.library_id = m.id WHERE s.superseded_at IS NULL;

-- name: insert_excursion
-- A new excursion.
INSERT INTO excursion (id, location_id, path, from_at, until_at, max_temperature_c, note, container_count, recorded_by,
    recorded_at)
VALUES (:id, :location_id, :path, :from_at, :until_at, :max_temperature_c, :note, :container_count, :recorded_by, :at);

-- name: insert_findings
-- A finding for each sample whose tube, aliquot, library or pool an excursion reached.
INSERT INTO excursion_finding (id, excursion_id, sample_id, created_at)
SELECT gen_random_uuid(), :excursion_id, n.sample_id, :at::timestamptz FROM unnest(:sample_ids::uuid[]) AS n(sample_id);

-- name: open_of
-- Excursions of which nobody has judged yet what they mean for some samples.
SELECT f.sample_id, e.path, e.max_temperature_c, e.until_at
FROM excursion_finding f JOIN excursion e ON e.id = f.excursion_id
WHERE f.sample_id = ANY(:sample_ids::uuid[]) AND f.verdict IS NULL
ORDER BY f.created_at, f.id;

-- name: lock_finding
-- A finding within the labs in scope, locked to be judged.
SELECT f.id, f.excursion_id, f.sample_id, s.code AS sample_code, s.lab_id, f.verdict, f.version
FROM excursion_finding f JOIN sample s ON s.id = f.sample_id
WHERE f.id = :finding_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
FOR UPDATE OF f;

-- name: judge_finding
-- A finding with what a person decided.
UPDATE excursion_finding SET verdict = :verdict, reason = :reason, resolved_by = :resolved_by, resolved_at = :at,
    version = version + 1
WHERE id = :finding_id;
