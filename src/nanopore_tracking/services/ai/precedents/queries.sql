-- name: earlier_reading
-- The form as it was read the last time before.
SELECT e.id FROM extraction e JOIN form_reading f ON f.extraction_id = e.id
WHERE e.document_id = :document_id AND e.id <> :extraction_id ORDER BY f.read_at DESC, e.id DESC LIMIT 1;

-- name: cells_of
-- All values of a reading as they were read.
SELECT v.row_number, v.row_number IS NOT NULL AS in_table, v.field, v.raw, v.page, v.box::text AS box, v.place
FROM form_value v
WHERE v.extraction_id = :extraction_id ORDER BY v.position;

-- name: said_of
-- What people decided on a reading: of its values, of its rows, and what they decided still earlier and nobody settled.
SELECT v.row_number, v.row_number IS NOT NULL AS in_table, v.field, v.raw, v.page, v.box::text AS box, v.place,
    CASE v.decided WHEN 'corrected' THEN 'correct' ELSE 'confirm' END AS action,
    coalesce(v.decided_raw, v.raw) AS became, coalesce(v.decided_value, v.value)::text AS value,
    v.decided_by AS by, v.decided_at AS at
FROM form_value v WHERE v.extraction_id = :extraction_id AND v.decided IS NOT NULL
UNION ALL
SELECT r.row_number, true, '', coalesce((SELECT v.raw FROM form_value v WHERE v.extraction_id = r.extraction_id
        AND v.row_number = r.row_number AND v.field = 'sample_name'), ''), NULL, 'null', '', 'drop', '', 'null',
    coalesce(r.dropped_by, 'somebody'), coalesce(r.dropped_at, f.read_at)
FROM form_row r JOIN form_reading f USING (extraction_id)
WHERE r.extraction_id = :extraction_id AND r.dropped
UNION ALL
SELECT p.row_number, p.in_table, p.field, p.read_raw, p.page, p.box::text, p.place, p.action, p.became_raw, p.became_value::text,
    p.decided_by, p.decided_at
FROM form_precedent_open p WHERE p.extraction_id = :extraction_id;

-- name: hold_value
-- A decision that holds on this reading too.
UPDATE form_value SET decided = :decided, decided_raw = :raw, decided_value = :value::jsonb, decided_by = :by,
    decided_at = :at, version = version + 1
WHERE extraction_id = :extraction_id AND field = :field AND row_number IS NOT DISTINCT FROM :row_number
RETURNING id, raw, method, confidence;

-- name: insert_decision
-- The same, kept for good.
INSERT INTO form_decision (id, value_id, extraction_id, action, read_raw, before_raw, became_raw, method, confidence,
    decided_by, decided_at)
VALUES (:id, :value_id, :extraction_id, :action, :raw, :raw, :became, :method, :confidence, :by, :at);

-- name: hold_row
-- A row that is left out on this reading too.
UPDATE form_row SET dropped = true, dropped_by = :by, dropped_at = :at, version = version + 1
WHERE extraction_id = :extraction_id AND row_number = :row_number;

-- name: tell
-- A decision that a person has to look at.
INSERT INTO form_precedent (id, extraction_id, value_id, row_number, in_table, field, action, read_raw, became_raw, became_value,
    page, box, place, decided_by, decided_at)
VALUES (:id, :extraction_id, (SELECT v.id FROM form_value v WHERE :there AND v.extraction_id = :extraction_id
        AND v.field = :field AND v.row_number IS NOT DISTINCT FROM :row_number),
    :row_number, :in_table, :field, :action, :read_raw, :became, :value::jsonb, :page, :box::jsonb, :place, :by, :at);

-- name: waiting
-- Decisions without a value here that nobody has looked at.
SELECT count(*) FROM form_precedent_open p WHERE p.extraction_id = :extraction_id AND p.value_id IS NULL;

-- name: find_waiting
-- One of them.
SELECT p.id, p.row_number, p.field, p.action, p.read_raw, p.became_raw FROM form_precedent_open p
WHERE p.extraction_id = :extraction_id AND p.id = :precedent_id AND p.value_id IS NULL;

-- name: settle
-- A person looked at it.
UPDATE form_precedent SET settled_by = :by, settled_at = :at WHERE id = :precedent_id;
