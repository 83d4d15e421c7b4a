-- list: layouts
-- One page of layouts.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('id', l.id, 'name', l.name, 'width_mm', l.width_mm,
    'height_mm', l.height_mm, 'code_mm', l.code_mm, 'font_mm', l.font_mm, 'lines', l.lines,
    'code_left_mm', l.code_left_mm, 'code_top_mm', l.code_top_mm, 'text_left_mm', l.text_left_mm,
    'text_top_mm', l.text_top_mm, 'active', l.active, 'updated_at', l.updated_at, 'version', l.version)::text AS item
FROM label_layout l
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   l.id = :id
-- filter: active boolean   l.active = :active
-- sort: name text l.name

-- list: printers
-- One page of printers.
SELECT p.id, /*sort*/ AS sort_key, json_build_object('id', p.id, 'name', p.name, 'host', p.host, 'port', p.port,
    'dots_per_mm', p.dots_per_mm, 'active', p.active,
    'waiting', (SELECT count(*) FROM print_job j WHERE j.state IN ('queued', 'sending') AND j.printer_id = p.id),
    'failed', (SELECT count(*) FROM print_job j WHERE j.state = 'failed' AND j.printer_id = p.id
        AND j.created_at > now() - interval '7 days'),
    'updated_at', p.updated_at, 'version', p.version)::text AS item
FROM label_printer p
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   p.id = :id
-- filter: active boolean   p.active = :active
-- sort: name text p.name

-- list: jobs
-- One page of labels on their way.
SELECT j.id, /*sort*/ AS sort_key, json_build_object('id', j.id, 'printer_id', j.printer_id, 'printer',
    (SELECT p.name FROM label_printer p WHERE p.id = j.printer_id), 'sample_id', j.sample_id,
    'location_id', j.location_id, 'code', j.code, 'copies', j.copies, 'again', j.again, 'reason', j.reason,
    'state', j.state, 'attempts', j.attempts, 'failure', j.failure, 'requested_by', j.requested_by,
    'created_at', j.created_at, 'updated_at', j.updated_at, 'version', j.version)::text AS item
FROM print_job j
WHERE true /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: id uuid   j.id = :id
-- filter: state text[]   j.state = ANY(:state)
-- filter: sample_id uuid   j.sample_id = :sample_id
-- filter: printer_id uuid   j.printer_id = :printer_id
-- sort: created timestamptz j.created_at

-- name: layout
-- A layout, kept as it is until the transaction ends.
SELECT l.id, l.name, l.width_mm, l.height_mm, l.code_mm, l.font_mm, l.lines, l.code_left_mm, l.code_top_mm,
    l.text_left_mm, l.text_top_mm, l.active, l.version
FROM label_layout l WHERE l.id = :id FOR SHARE;

-- name: printer
-- A printer, kept as it is until the transaction ends.
SELECT p.id, p.name, p.host, p.port, p.dots_per_mm, p.active, p.version
FROM label_printer p WHERE p.id = :id FOR SHARE;

-- name: put_layout
-- A new layout, or a changed one.
INSERT INTO label_layout (id, name, width_mm, height_mm, code_mm, font_mm, lines, code_left_mm, code_top_mm,
    text_left_mm, text_top_mm, active, updated_at)
VALUES (:id, :name, :width_mm, :height_mm, :code_mm, :font_mm, :lines, :code_left_mm, :code_top_mm, :text_left_mm,
    :text_top_mm, :active, :at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, width_mm = excluded.width_mm, height_mm = excluded.height_mm,
    code_mm = excluded.code_mm, font_mm = excluded.font_mm, lines = excluded.lines,
    code_left_mm = excluded.code_left_mm, code_top_mm = excluded.code_top_mm, text_left_mm = excluded.text_left_mm,
    text_top_mm = excluded.text_top_mm, active = excluded.active, updated_at = excluded.updated_at,
    version = label_layout.version + 1;

-- name: keep_version
-- A layout as it is from now on, to be looked at again.
INSERT INTO label_layout_version (layout_id, version, content, changed_by, changed_at)
SELECT l.id, l.version, :content::json, :by, :at FROM label_layout l WHERE l.id = :id;

-- list: versions
-- One page of the versions of a layout.
SELECT l.id, /*sort*/ AS sort_key, json_build_object('version', v.version, 'content', v.content,
    'changed_by', v.changed_by, 'changed_at', v.changed_at)::text AS item
FROM label_layout_version v JOIN label_layout l ON l.id = v.layout_id
WHERE v.layout_id = :layout_id /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- sort: version integer v.version

-- name: put_printer
-- A new printer, or a changed one.
INSERT INTO label_printer (id, name, host, port, dots_per_mm, active, updated_at)
VALUES (:id, :name, :host, :port, :dots_per_mm, :active, :at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, host = excluded.host, port = excluded.port,
    dots_per_mm = excluded.dots_per_mm, active = excluded.active, updated_at = excluded.updated_at,
    version = label_printer.version + 1;

-- name: of_samples
-- What the labels of samples say, by their codes or ids or the box that they stand in, within the labs in scope.
SELECT s.code, s.name, coalesce(s.container_barcode, '') AS barcode, l.name AS lab, p.code AS project, s.material,
    s.id AS sample_id, s.lab_id, EXISTS (SELECT FROM print_job j WHERE j.sample_id = s.id AND j.state <> 'failed')
    AS printed
FROM sample s JOIN lab l ON l.id = s.lab_id JOIN project p ON p.id = s.project_id
WHERE s.id IN (
        SELECT o.id FROM sample o WHERE o.code = ANY(:codes::text[])
        UNION SELECT o.id FROM sample o WHERE o.id = ANY(:ids::uuid[])
        UNION SELECT c.sample_id FROM container c WHERE c.location_id = :box_id)
    AND (:scope::uuid[] IS NULL OR s.lab_id = ANY(:scope))
ORDER BY s.code;

-- name: of_place
-- What the label of a place says: its barcode, or the end of its path.
SELECT coalesce(l.barcode, l.code) AS code, l.path AS name, l.id AS location_id,
    EXISTS (SELECT FROM print_job j WHERE j.location_id = l.id AND j.state <> 'failed') AS printed
FROM storage_location l WHERE l.id = :location_id;

-- name: insert_job
-- A label that is to be printed.
INSERT INTO print_job (id, printer_id, layout_id, sample_id, location_id, code, copies, again, reason, content, due_at,
    requested_by, created_at, updated_at)
VALUES (:id, :printer_id, :layout_id, :sample_id, :location_id, :code, :copies, :again, :reason, :content, :at,
    :requested_by, :at, :at);

-- name: claim
-- The next label that is due, now being sent; nobody else takes it meanwhile.
UPDATE print_job SET state = 'sending', attempts = print_job.attempts + 1, updated_at = :at, version = version + 1
FROM (SELECT j.id, p.host, p.port, s.lab_id FROM print_job j JOIN label_printer p ON p.id = j.printer_id
    LEFT JOIN sample s ON s.id = j.sample_id
    WHERE j.state = 'queued' AND j.due_at <= :at AND p.active
    ORDER BY j.due_at, j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED) n
WHERE print_job.id = n.id
RETURNING print_job.id, print_job.printer_id, n.host, n.port, print_job.sample_id, print_job.location_id, n.lab_id,
    print_job.code, print_job.copies, print_job.content, print_job.attempts;

-- name: settle
-- What became of a label that was being sent.
UPDATE print_job SET state = :state, failure = :failure, due_at = :due_at, updated_at = :at, version = version + 1
WHERE id = :id AND state = 'sending';

-- name: stuck
-- Labels of which nobody knows whether they were printed: whoever sent them is no more.
UPDATE print_job SET state = 'failed', failure = :failure, updated_at = :at, version = version + 1
WHERE state = 'sending' AND updated_at < :before;

-- name: lock_job
-- A label, locked.
SELECT j.id, j.printer_id, j.sample_id, j.location_id, j.code, j.copies, j.again, j.reason, j.state, j.version,
    s.lab_id
FROM print_job j LEFT JOIN sample s ON s.id = j.sample_id WHERE j.id = :id FOR UPDATE OF j;

-- name: queue_again
-- A failed label, queued once more.
UPDATE print_job SET state = 'queued', failure = '', attempts = 0, due_at = :at, updated_at = :at,
    version = version + 1
WHERE id = :id;
