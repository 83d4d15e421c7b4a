-- name: labs
-- Labs in a scope that have one of some words in their name or that of their investigator, first those that have most.
SELECT l.id, l.name, l.pi_name FROM lab l
WHERE to_tsvector('simple'::regconfig, folded(l.name || ' ' || l.pi_name)) @@ to_tsquery('simple'::regconfig, :words::text)
    AND (:scope::uuid[] IS NULL OR l.id = ANY(:scope))
ORDER BY ts_rank(to_tsvector('simple'::regconfig, folded(l.name || ' ' || l.pi_name)),
    to_tsquery('simple'::regconfig, :words::text)) DESC, l.name, l.id LIMIT :most::int;

-- name: projects
-- Projects in a scope that have one of some words in their code or title, first those that have most.
SELECT p.id, p.code, p.title FROM project p
WHERE to_tsvector('simple'::regconfig, folded(p.code || ' ' || p.title)) @@ to_tsquery('simple'::regconfig, :words::text)
    AND (:scope::uuid[] IS NULL OR p.lab_id = ANY(:scope))
ORDER BY ts_rank(to_tsvector('simple'::regconfig, folded(p.code || ' ' || p.title)),
    to_tsquery('simple'::regconfig, :words::text)) DESC, p.code, p.id LIMIT :most::int;
