-- list: rows
-- One page of the rows of a submission in a scope.
SELECT r.id, /*sort*/ AS sort_key, json_build_object('submission_id', r.submission_id, 'row_number', r.row_number,
    'alias', r.alias, 'values', r.values, 'submitted', r.submitted, 'corrections', r.corrections,
    'problems', r.problems, 'level', r.levels[1], 'sample_id', r.sample_id, 'sample_code', r.sample_code,
    'version', r.version)::text AS item
FROM submission_row r JOIN submission s ON s.id = r.submission_id
WHERE r.submission_id = :submission_id AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: level text[]   r.levels && :level
-- filter: code text   EXISTS (SELECT 1 FROM json_array_elements(r.problems) p WHERE p->>'code' = :code)
-- filter: q text   strpos(lower(r.values->>'sample_name'), lower(:q)) > 0
-- sort: row_number integer r.row_number

-- name: show_row
-- One row of a submission in a scope.
SELECT r.version, json_build_object('submission_id', r.submission_id, 'row_number', r.row_number,
    'alias', r.alias, 'values', r.values, 'submitted', r.submitted, 'corrections', r.corrections,
    'problems', r.problems, 'level', r.levels[1], 'sample_id', r.sample_id, 'sample_code', r.sample_code,
    'version', r.version)::text AS item
FROM submission_row r JOIN submission s ON s.id = r.submission_id
WHERE r.submission_id = :submission_id AND r.row_number = :row_number
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: load_rows
-- The rows of a submission in their order: all of them, or those whose alias is one of :alias_keys.
SELECT r.id, r.submission_id, r.row_number, r.submitted, r.corrections, r.version
FROM submission_row r
WHERE r.submission_id = :submission_id AND (:alias_keys::text[] IS NULL OR r.alias_key = ANY(:alias_keys))
ORDER BY r.row_number;

-- name: lock_row
-- One row of a submission, locked to be corrected or removed.
SELECT r.id, r.submission_id, r.row_number, r.submitted, r.corrections, r.version
FROM submission_row r
WHERE r.submission_id = :submission_id AND r.row_number = :row_number
FOR UPDATE;

-- name: last_row_number
-- The highest row number of a submission, 0 where it has no rows.
SELECT coalesce(max(row_number), 0) FROM submission_row WHERE submission_id = :submission_id;

-- name: insert_rows
-- New rows, as they were submitted.
INSERT INTO submission_row (submission_id, row_number, submitted, values, alias, alias_key)
SELECT :submission_id, row_number, submitted::json, row_values::json, alias, alias_key
FROM unnest(:row_numbers::integer[], :submitted::text[], :row_values::text[], :aliases::text[], :alias_keys::text[])
    AS n(row_number, submitted, row_values, alias, alias_key);

-- name: correct_row
-- The corrections of a row, and the values that count with them.
UPDATE submission_row SET corrections = :corrections::json, values = :row_values::json, alias = :alias,
    alias_key = :alias_key, version = version + 1
WHERE id = :row_id;

-- name: delete_row
-- A row that is removed.
DELETE FROM submission_row WHERE id = :row_id;

-- name: delete_rows
-- All rows of a submission, before its manifest is read again.
DELETE FROM submission_row WHERE submission_id = :submission_id;

-- name: store_problems
-- What the check found in these rows; rows with which nothing changed are left alone. levels: worst first, with commas.
UPDATE submission_row r SET problems = n.problems::json, levels = string_to_array(n.levels, ','), version = r.version + 1
FROM unnest(:row_numbers::integer[], :problems::text[], :levels::text[]) AS n(row_number, problems, levels)
WHERE r.submission_id = :submission_id AND r.row_number = n.row_number AND r.problems::text <> n.problems;

-- name: count_problems
-- The problems of all rows of a submission by kind, worst and most frequent first, and the first row that has each.
SELECT p.code, p.level, count(DISTINCT p.row_number)::integer AS row_count, count(*)::integer AS problem_count,
    min(p.row_number) AS row_number, (array_agg(p.message ORDER BY p.row_number))[1] AS example
FROM (
    SELECT r.row_number, e->>'code' AS code, e->>'level' AS level, e->>'message' AS message
    FROM submission_row r, json_array_elements(r.problems) e
    WHERE r.submission_id = :submission_id AND r.levels <> '{}'
) p
GROUP BY p.code, p.level
ORDER BY array_position('{error,finding,warning}'::text[], p.level), count(*) DESC, p.code;

-- name: count_rows
-- How many rows a submission has.
SELECT count(*)::integer FROM submission_row WHERE submission_id = :submission_id;

-- name: link_samples
-- The sample that came of each row at acceptance.
UPDATE submission_row r SET sample_id = n.sample_id, sample_code = n.sample_code, version = r.version + 1
FROM unnest(:row_numbers::integer[], :sample_ids::uuid[], :sample_codes::text[])
    AS n(row_number, sample_id, sample_code)
WHERE r.submission_id = :submission_id AND r.row_number = n.row_number;
