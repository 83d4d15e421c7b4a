-- name: export_rows
-- The rows of a file for some samples in the labs in scope, in the order of the ids; times in UTC.
SELECT s.code, s.name, s.alias, s.kind, s.material, s.organism, l.name AS lab, p.code AS project,
    u.code AS submission, s.row_number, s.service_type, s.container_barcode, s.stage, s.status, s.exit,
    s.status_reason, s.priority, s.assignee, s.volume_ul, s.qubit_ng_per_ul, s.a260_a280, s.a260_a230, s.fragment_bp,
    array_to_string(s.measured, ' ') AS measured, array_to_string(s.out_of_range, ' ') AS out_of_range,
    s.submitted_volume_ul, s.submitted_qubit_ng_per_ul, s.submitted_nanodrop_ng_per_ul, s.submitted_a260_a280,
    s.submitted_a260_a230, s.submitted_fragment_bp, s.submitted_buffer, s.submitted_comment, s.comment,
    sample_place(s.id) AS location,
    to_char(s.stage_entered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS stage_entered_at,
    to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(s.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at
FROM unnest(:sample_ids::uuid[]) WITH ORDINALITY AS n(id, place)
    JOIN sample s ON s.id = n.id JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
    LEFT JOIN submission u ON u.id = s.submission_id
WHERE :scope::uuid[] IS NULL OR s.lab_id = ANY(:scope)
ORDER BY n.place;
