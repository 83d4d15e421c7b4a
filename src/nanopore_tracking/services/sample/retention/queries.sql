-- list: due
-- One page of tubes that are here although their samples need not be kept on a day, within the labs in scope.
SELECT c.id, /*sort*/ AS sort_key, json_build_object('sample_id', s.id, 'sample_code', s.code, 'sample_name', s.name,
    'lab_name', l.name, 'project_code', p.code, 'container_id', c.id, 'barcode', c.barcode,
    'location', sample_place(s.id), 'status', c.status, 'keep_until', r.keep_until,
    'of', CASE WHEN r.sample_id IS NULL THEN 'project' ELSE 'sample' END, 'reason', r.reason)::text AS item
FROM retention r
CROSS JOIN LATERAL (
    SELECT o.id, o.code, o.name, o.lab_id, o.project_id FROM sample o WHERE o.id = r.sample_id
    UNION ALL
    SELECT o.id, o.code, o.name, o.lab_id, o.project_id FROM sample o
    WHERE o.project_id = r.project_id AND NOT EXISTS (SELECT FROM retention x WHERE x.sample_id = o.id)) s
JOIN container c ON c.sample_id = s.id JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
WHERE r.keep_until < :day AND c.status IN ('present', 'out') AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
    AND NOT EXISTS (SELECT FROM retention x
        WHERE x.sample_id = r.sample_id AND (x.set_at, x.id) > (r.set_at, r.id))
    AND NOT EXISTS (SELECT FROM retention x
        WHERE x.project_id = r.project_id AND (x.set_at, x.id) > (r.set_at, r.id)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: project_id uuid   s.project_id = :project_id
-- filter: lab_id uuid   s.lab_id = :lab_id
-- sort: keep_until date r.keep_until

-- name: effective
-- Until when a sample is kept: as it was last set for itself, else for its project; no row where neither was.
SELECT f.keep_until, f.of, f.reason, f.set_by, f.set_at
FROM (
    SELECT 1 AS place, r.keep_until, 'sample' AS of, r.reason, r.set_by, r.set_at, r.id
    FROM retention r WHERE r.sample_id = :sample_id
    UNION ALL
    SELECT 2, r.keep_until, 'project', r.reason, r.set_by, r.set_at, r.id
    FROM sample s JOIN retention r ON r.project_id = s.project_id WHERE s.id = :sample_id) f
ORDER BY f.place, f.set_at DESC, f.id DESC LIMIT 1;

-- name: of_submission
-- Until when the samples of a submission are kept, each as it was last set for itself, else for its project.
SELECT f.keep_until, f.of, coalesce(f.reason, '') AS reason, count(*) AS samples
FROM sample s
LEFT JOIN LATERAL (
    SELECT n.keep_until, n.of, n.reason
    FROM (
        SELECT 1 AS place, r.keep_until, 'sample' AS of, r.reason, r.set_at, r.id
        FROM retention r WHERE r.sample_id = s.id
        UNION ALL
        SELECT 2, r.keep_until, 'project', r.reason, r.set_at, r.id
        FROM retention r WHERE r.project_id = s.project_id) n
    ORDER BY n.place, n.set_at DESC, n.id DESC LIMIT 1) f ON true
WHERE s.submission_id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
GROUP BY f.keep_until, f.of, f.reason
ORDER BY f.keep_until, f.reason;

-- name: samples_of
-- The samples of a submission within the labs in scope.
SELECT s.id FROM sample s
WHERE s.submission_id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) ORDER BY s.id;

-- name: insert_retention
-- Until when a sample, or all of a project, is kept from now on.
INSERT INTO retention (id, sample_id, project_id, keep_until, reason, set_by, set_at)
VALUES (:id, :sample_id, :project_id, :keep_until, :reason, :set_by, :at);
