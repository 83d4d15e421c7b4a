-- name: insert_reading
-- A form that was read and waits for a person.
INSERT INTO form_reading (extraction_id, method, wanted_method, reader_version, model, prompt_version, tokens, template,
    template_version, pages, warnings, texts, read_at, vocabulary, meanings)
VALUES (:extraction_id, :method, :wanted_method, :reader_version, :model, :prompt_version, :tokens, :template,
    :template_version, :pages::jsonb, :warnings::jsonb, :texts::jsonb, :at, :vocabulary, :meanings);

-- name: insert_rows
-- The rows of its table.
INSERT INTO form_row (extraction_id, row_number, printed, role)
SELECT :extraction_id, n.row_number, n.printed, n.role
FROM unnest(:row_numbers::integer[], :printed::integer[], :roles::text[]) AS n(row_number, printed, role);

-- name: insert_values
-- The values of a form, in the order in which they are shown.
INSERT INTO form_value (id, extraction_id, position, field, row_number, raw, value, unit, method, page, box, confidence,
    state, doubt, model, unconfirmed, place)
SELECT n.id, :extraction_id, n.position, n.field, n.row_number, n.raw, coalesce(n.value, 'null'), n.unit, n.method, n.page,
    coalesce(n.box, 'null'), n.confidence, n.state, n.doubt, n.model, n.unconfirmed, n.place
FROM jsonb_to_recordset(:items::jsonb) AS n(id uuid, position integer, field text, row_number integer, raw text,
    value jsonb, unit text, method text, page integer, box jsonb, confidence real, state text, doubt text, model text,
    unconfirmed boolean, place text);

-- name: insert_judgements
-- What calibration says of them.
INSERT INTO form_judgement (value_id, calibrated, automatic, audited)
SELECT n.id, n.calibrated, n.automatic, n.audited
FROM jsonb_to_recordset(:items::jsonb) AS n(id uuid, calibrated real, automatic text, audited boolean)
WHERE n.calibrated IS NOT NULL OR n.audited;

-- name: wait_for_review
-- The reading of a form waits for a person from now on; nothing when it is not ours any more.
UPDATE extraction SET state = 'needs_review', lease_until = NULL, row_count = :row_count, rows_read = :row_count,
    needs_review_count = :needs_review_count, notes = :notes::jsonb, finished_at = :at, version = version + 1
WHERE id = :extraction_id AND state = 'reading' AND attempts = :attempts RETURNING id;

-- name: show_review
-- A form that was read, in a scope; mine: whether the caller reviews it.
SELECT e.version, json_build_object('extraction_id', e.id, 'document_id', e.document_id, 'filename', d.filename,
    'document_kind', d.kind, 'project_id', e.project_id, 'project_code', p.code, 'state', e.state, 'error', e.error,
    'method', f.method, 'wanted_method', f.wanted_method, 'reader_version', f.reader_version, 'model', f.model,
    'prompt_version', f.prompt_version, 'tokens', f.tokens, 'read_at', f.read_at, 'vocabulary', f.vocabulary, 'meanings', f.meanings, 'template', f.template,
    'template_version', f.template_version, 'pages', f.pages, 'warnings', f.warnings,
    'fields', (SELECT coalesce(json_agg(v.item ORDER BY v.position), '[]') FROM form_value_told v
        WHERE v.extraction_id = e.id AND v.row_number IS NULL),
    'rows', (SELECT coalesce(json_agg(json_build_object('row_number', r.row_number, 'printed', r.printed,
            'role', r.role, 'dropped', r.dropped, 'version', r.version, 'values',
            (SELECT coalesce(json_agg(v.item ORDER BY v.position), '[]') FROM form_value_told v
                WHERE v.extraction_id = e.id AND v.row_number = r.row_number)) ORDER BY r.row_number), '[]')
        FROM form_row r WHERE r.extraction_id = e.id),
    'to_check', (SELECT count(*) FROM form_value_now v WHERE v.extraction_id = e.id AND v.open),
    'reviewer', CASE WHEN f.reviewer_until > now() THEN json_build_object('name', f.reviewer,
        'mine', f.reviewer_id = :account_id, 'until', f.reviewer_until) END,
    'questions', (SELECT coalesce(json_agg(json_build_object('id', q.id, 'value_id', q.value_id, 'field', v.field,
        'row_number', v.row_number, 'body', q.body, 'asked_by', q.asked_by, 'asked_at', q.asked_at)
        ORDER BY q.asked_at, q.id), '[]') FROM form_question q JOIN form_value v ON v.id = q.value_id
        WHERE q.extraction_id = e.id),
    'precedents', (SELECT coalesce(json_agg(json_build_object('id', o.id, 'value_id', o.value_id, 'field', o.field,
        'row_number', o.row_number, 'in_table', o.in_table, 'action', o.action, 'read_raw', o.read_raw,
        'became_raw', o.became_raw, 'decided_by', o.decided_by, 'decided_at', o.decided_at)
        ORDER BY o.decided_at, o.id), '[]') FROM form_precedent_open o WHERE o.extraction_id = e.id),
    'submission_code', e.submission_code, 'version', e.version)::text AS item
FROM form_reading f JOIN extraction e ON e.id = f.extraction_id JOIN document d ON d.id = e.document_id
    JOIN project p ON p.id = e.project_id
WHERE f.extraction_id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope));

-- name: show_texts
-- The text of the pages of a form, in a scope.
SELECT json_build_object('pages', f.texts)::text FROM form_reading f JOIN extraction e ON e.id = f.extraction_id
WHERE f.extraction_id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope));

-- name: questions_of
-- What the submitter is to be asked about a form.
SELECT v.field, v.row_number, v.raw, q.body FROM form_question q JOIN form_value v ON v.id = q.value_id
WHERE q.extraction_id = :extraction_id ORDER BY q.asked_at, q.id;

-- name: lock_review
-- A form that is about to be decided on, in a scope, locked.
SELECT e.id, e.document_id, e.project_id, e.lab_id, d.filename, d.sha256, e.state, e.version, f.method,
    f.reader_version, coalesce(f.template, '') AS template, f.reviewer_id, f.reviewer, coalesce(f.reviewer_until > :at, false) AS held
FROM form_reading f JOIN extraction e ON e.id = f.extraction_id JOIN document d ON d.id = e.document_id
WHERE f.extraction_id = :extraction_id AND (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope))
FOR UPDATE OF e, f;

-- name: hold
-- Who reviews a form, and until when they are waited for; nobody where that is null.
UPDATE form_reading SET reviewer_id = :account_id, reviewer = :reviewer, reviewer_until = :until
WHERE extraction_id = :extraction_id;

-- name: values_of
-- Values of a form, by their ids, or all of them.
SELECT v.id, v.position, v.field, v.row_number, v.raw, v.read_raw, v.value::text AS value, v.unit, v.method, v.page,
    v.box::text AS box, v.confidence, v.state, v.doubt, v.version, v.open
FROM form_value_now v
WHERE v.extraction_id = :extraction_id AND (:ids::uuid[] IS NULL OR v.id = ANY(:ids)) ORDER BY v.position;

-- name: rows_of
-- The rows of a form.
SELECT r.row_number, r.role, r.dropped, r.version FROM form_row r WHERE r.extraction_id = :extraction_id
ORDER BY r.row_number;

-- name: decide
-- What a person says of a value.
UPDATE form_value SET decided = :decided, decided_raw = :raw, decided_value = :value::jsonb, decided_by = :by,
    decided_at = :decided_at, version = version + 1
WHERE id = :value_id;

-- name: insert_decision
-- The same, kept for good.
INSERT INTO form_decision (id, value_id, extraction_id, action, read_raw, before_raw, became_raw, method, confidence,
    decided_by, decided_at)
VALUES (:id, :value_id, :extraction_id, :action, :read_raw, :before_raw, :became_raw, :method, :confidence, :by, :at);

-- name: drop_row
-- Whether a row is a sample.
UPDATE form_row SET dropped = :dropped, dropped_by = :by, dropped_at = :dropped_at, version = version + 1
WHERE extraction_id = :extraction_id AND row_number = :row_number;

-- name: count_open
-- The review changed: how many values are still in doubt, and the version that it has now.
UPDATE extraction SET version = version + 1, needs_review_count =
    (SELECT count(*) FROM form_value_now v WHERE v.extraction_id = :extraction_id AND v.open)
WHERE id = :extraction_id RETURNING needs_review_count, version;

-- name: shown_values
-- Values of a form as they are answered, by their ids.
SELECT coalesce(json_agg(v.item ORDER BY v.position), '[]')::text FROM form_value_told v
WHERE v.extraction_id = :extraction_id AND v.id = ANY(:ids);

-- name: accept
-- A form that a person found right: it is handed on as rows.
UPDATE extraction SET state = 'read', row_count = :row_count, rows_read = :row_count, header = :header::jsonb,
    version = version + 1
WHERE id = :extraction_id;

-- name: reject
-- A form that a person refused, with the reason.
UPDATE extraction SET state = 'refused', error = :error, version = version + 1 WHERE id = :extraction_id;
