-- name: in_samples
-- Samples by code, barcode of the tube, or the words of name and alias; one that is named exactly comes first. A word
-- that many have is found among the latest changed samples. Only where it is not, all samples that have it are looked up
-- by the index of words: asked for the latest of those at once, the whole table would be read from its end.
WITH recent AS MATERIALIZED (
    SELECT n.id FROM (SELECT x.id, x.lab_id, x.words, x.updated_at FROM sample x
        ORDER BY x.updated_at DESC, x.id DESC LIMIT 2000) n
    WHERE n.words @@ :words::text::tsquery AND (:scope::uuid[] IS NULL OR n.lab_id = ANY(:scope))
    ORDER BY n.updated_at DESC, n.id DESC LIMIT :most::int
), rare AS MATERIALIZED (
    SELECT w.id, w.updated_at FROM sample w
    WHERE w.words @@ :words::text::tsquery AND (:scope::uuid[] IS NULL OR w.lab_id = ANY(:scope))
        AND (SELECT count(*) FROM recent) < :most::int
)
SELECT s.id, s.code, s.name, concat_ws(' · ', l.name, p.code, s.stage, s.status) AS "where"
FROM sample s JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
WHERE s.id IN (
    (SELECT c.id FROM sample c WHERE c.code >= :first::text AND c.code < :last::text
        AND (:scope::uuid[] IS NULL OR c.lab_id = ANY(:scope)) ORDER BY c.code LIMIT :most::int)
    UNION (SELECT b.id FROM sample b WHERE b.container_barcode = :said::text
        AND (:scope::uuid[] IS NULL OR b.lab_id = ANY(:scope)))
    UNION SELECT r.id FROM recent r
    UNION (SELECT r.id FROM rare r ORDER BY r.updated_at DESC, r.id DESC LIMIT :most::int))
ORDER BY s.code = upper(:said) OR s.container_barcode IS NOT DISTINCT FROM :said DESC, s.updated_at DESC, s.id
LIMIT :most::int;

-- name: in_notes
-- Samples by the words of what the laboratory and the submitter noted of them.
SELECT s.id, s.code, s.name, left(concat_ws(' · ', nullif(s.comment, ''), nullif(s.submitted_comment, '')), 200)
    AS "where"
FROM sample s
WHERE (s.comment <> '' OR s.submitted_comment <> '')
    AND to_tsvector('simple'::regconfig, folded(s.comment || ' ' || s.submitted_comment)) @@ to_tsquery('simple'::regconfig, :words::text)
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
ORDER BY s.updated_at DESC, s.id LIMIT :most::int;

-- name: in_libraries
-- Libraries by how their codes begin.
SELECT l.id, l.code, l.kit AS name, concat_ws(' · ', b.name, l.state) AS "where"
FROM library l JOIN lab b ON b.id = l.lab_id
WHERE l.code >= upper(:said::text) AND l.code < upper(:said) || '~'
    AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope))
ORDER BY l.code LIMIT :most::int;

-- name: in_pools
-- Pools by how their codes begin and by the words of their names, those that hold a library of a lab in scope.
SELECT p.id, p.code, p.name, p.state AS "where"
FROM pool p
WHERE (p.code >= upper(:said::text) AND p.code < upper(:said) || '~'
        OR to_tsvector('simple'::regconfig, folded(p.name)) @@ to_tsquery('simple'::regconfig, :words::text))
    AND (:scope::uuid[] IS NULL OR EXISTS (SELECT FROM pool_component c JOIN library l ON l.id = c.library_id
        WHERE c.pool_id = p.id AND l.lab_id = ANY(:scope)))
ORDER BY p.code LIMIT :most::int;

-- name: in_submissions
-- Submissions by code, external number, requester or file.
SELECT u.id, u.code, u.external_id AS name, concat_ws(' · ', l.name, p.code, u.status) AS "where"
FROM submission u JOIN lab l ON l.id = u.lab_id JOIN project p ON p.id = u.project_id
WHERE (u.code = upper(:said::text)
        OR to_tsvector('simple'::regconfig, folded(concat_ws(' ', u.code, u.external_id, u.requester_name, u.filename)))
            @@ to_tsquery('simple'::regconfig, :words::text))
    AND (:scope::uuid[] IS NULL OR u.lab_id = ANY(:scope))
ORDER BY u.code = upper(:said) DESC, u.updated_at DESC, u.id LIMIT :most::int;

-- name: in_projects
-- Projects by code and title.
SELECT p.id, p.code, p.title AS name, concat_ws(' · ', l.name, p.status) AS "where"
FROM project p JOIN lab l ON l.id = p.lab_id
WHERE (p.code = upper(:said::text)
        OR to_tsvector('simple'::regconfig, folded(p.code || ' ' || p.title)) @@ to_tsquery('simple'::regconfig, :words::text))
    AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))
ORDER BY p.code = upper(:said) DESC, p.code, p.id LIMIT :most::int;

-- name: in_labs
-- Labs by name and principal investigator.
SELECT l.id, l.name AS code, l.name, l.pi_name AS "where"
FROM lab l
WHERE to_tsvector('simple'::regconfig, folded(l.name || ' ' || l.pi_name)) @@ to_tsquery('simple'::regconfig, :words::text)
    AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope))
ORDER BY l.name, l.id LIMIT :most::int;
