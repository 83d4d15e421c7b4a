-- name: twins
-- Samples of a lab that have the name of a row but for capitals and signs, else all of its measured values; at most five
-- of each for a row.
SELECT n.row_number, s.code, s.name, s.same_name
FROM unnest(:row_numbers::integer[], :names::text[], :qubit_ng_per_ul::float8[], :nanodrop_ng_per_ul::float8[],
    :a260_a280::float8[], :a260_a230::float8[]) AS n(row_number, name, qubit, nanodrop, a280, a230)
CROSS JOIN LATERAL (
    (SELECT x.code, x.name, true AS same_name FROM sample x
        WHERE x.lab_id = :lab_id AND name_key(x.name) = name_key(nullif(n.name, '')) AND x.status <> 'cancelled'
        ORDER BY x.code LIMIT 5)
    UNION ALL
    (SELECT y.code, y.name, false FROM sample y
        WHERE y.lab_id = :lab_id AND qc_key(y.submitted_qubit_ng_per_ul, y.submitted_nanodrop_ng_per_ul,
            y.submitted_a260_a280, y.submitted_a260_a230) = qc_key(n.qubit, n.nanodrop, n.a280, n.a230)
            AND y.status <> 'cancelled'
        LIMIT 5)) s
ORDER BY n.row_number, s.code;

-- name: keep_table
-- By what the table of a submission is known when it comes again.
UPDATE submission SET table_hash = (
    SELECT CASE WHEN count(*) FILTER (WHERE coalesce(r.values->>'qubit_ng_per_ul', r.values->>'nanodrop_ng_per_ul')
            IS NOT NULL) >= 2
        THEN md5(string_agg(concat_ws('|', coalesce(name_key(r.values->>'sample_name'), ''),
            coalesce(r.values->>'qubit_ng_per_ul', ''), coalesce(r.values->>'nanodrop_ng_per_ul', ''),
            coalesce(r.values->>'a260_a280', ''), coalesce(r.values->>'a260_a230', '')), E'\n' ORDER BY r.row_number)) END
    FROM submission_row r WHERE r.submission_id = :submission_id)
WHERE id = :submission_id
RETURNING table_hash;

-- name: same_table
-- Codes of the lab's other submissions with the same table that were not cancelled or rejected.
SELECT coalesce(array_agg(u.code ORDER BY u.code), '{}') FROM submission u
WHERE u.lab_id = :lab_id AND u.table_hash = :table_hash AND u.id <> :submission_id
    AND u.status NOT IN ('cancelled', 'rejected');
