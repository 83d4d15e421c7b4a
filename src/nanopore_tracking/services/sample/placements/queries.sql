-- name: box_map
-- A box by its id, or by its barcode where the id is null, with everything that stands in it: one statement for all.
SELECT l.version, l.kind, json_build_object('id', l.id, 'code', l.code, 'path', l.path,
    'barcode', coalesce(l.barcode, ''), 'grid_rows', l.grid_rows, 'grid_columns', l.grid_columns,
    'temperature_target_c', l.temperature_target_c, 'version', l.version, 'cells', (
        SELECT coalesce(json_agg(json_build_object('position', position_name(c.row_number, c.column_number),
            'row_number', c.row_number, 'column_number', c.column_number, 'container_id', c.id, 'barcode', c.barcode,
            'subject_kind', c.subject_kind, 'subject_code', c.subject_code, 'subject_name', coalesce(s.name, ''),
            'lab_name', coalesce(b.name, ''), 'stage', coalesce(s.stage, ''), 'status', coalesce(s.status, ''),
            'since', e.happened_at, 'person', coalesce(e.person, ''),
            'findings', (SELECT count(*) FROM excursion_finding f WHERE f.sample_id = s.id AND f.verdict IS NULL))
            ORDER BY c.row_number, c.column_number), '[]'::json)
        FROM container c LEFT JOIN sample s ON s.id = c.sample_id LEFT JOIN lab b ON b.id = c.lab_id
        LEFT JOIN custody_event e ON e.container_id = c.id AND e.sequence = c.event_count
        WHERE c.location_id = l.id AND c.row_number IS NOT NULL))::text AS item
FROM storage_location l
WHERE l.id = coalesce(:location_id::uuid, (SELECT o.id FROM storage_location o WHERE o.barcode = :barcode));
