-- name: named
-- The libraries that are named by their codes, within the labs in scope.
SELECT l.id, l.code FROM library l
WHERE l.code = ANY(:codes::text[]) AND (:scope::uuid[] IS NULL OR l.lab_id = ANY(:scope));
