-- name: editable
-- Samples by their codes as a grid shows them, within the labs in scope.
SELECT json_build_object('items', coalesce(json_agg(json_build_object('id', s.id, 'code', s.code, 'name', s.name,
    'stage', s.stage, 'status', s.status, 'priority', s.priority, 'assignee', s.assignee, 'comment', s.comment,
    'container_barcode', coalesce(s.container_barcode, ''), 'volume_ul', s.volume_ul,
    'qubit_ng_per_ul', s.qubit_ng_per_ul, 'a260_a280', s.a260_a280, 'a260_a230', s.a260_a230,
    'fragment_bp', s.fragment_bp, 'measured', s.measured, 'version', s.version) ORDER BY s.code), '[]'::json))::text
FROM sample s
WHERE s.code = ANY(:codes::text[]) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: ids_of
-- The ids of samples by their codes, within the labs in scope.
SELECT s.id FROM sample s
WHERE s.code = ANY(:codes::text[]) AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope));

-- name: barcodes
-- Which samples have these barcodes on their tubes; the code of one of a lab out of scope is not told.
SELECT s.container_barcode, CASE WHEN :scope::uuid[] IS NULL OR s.lab_id = ANY(:scope) THEN s.code
    ELSE 'another lab' END AS code
FROM sample s WHERE s.container_barcode = ANY(:barcodes::text[]);
