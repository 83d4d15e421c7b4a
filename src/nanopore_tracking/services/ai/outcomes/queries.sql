-- name: keep_outcomes
-- What came of an accepted form: each field, and each column of the table with the numbers of its cells.
INSERT INTO form_outcome (id, extraction_id, unit, field, method, reader, reader_version, template, confidence,
    automatic, audited, right_count, wrong_count, extra_count, missing_count, accepted_at)
SELECT gen_random_uuid(), n.extraction_id, n.unit, n.field,
    coalesce(mode() WITHIN GROUP (ORDER BY n.method) FILTER (WHERE n.said), 'none'), n.reader, n.reader_version,
    n.template, percentile_disc(0.5) WITHIN GROUP (ORDER BY n.confidence) FILTER (WHERE n.said),
    bool_or(n.automatic), bool_or(n.audited),
    count(*) FILTER (WHERE n.said AND n.same), count(*) FILTER (WHERE n.said AND NOT n.same AND n.there),
    count(*) FILTER (WHERE n.said AND NOT n.there), count(*) FILTER (WHERE NOT n.said AND n.there), :at
FROM (
    SELECT v.extraction_id, CASE WHEN v.row_number IS NULL THEN 'field' ELSE 'column' END AS unit, v.field, v.method,
        v.confidence, v.raw <> '' AS said, coalesce(v.decided_raw, v.raw) <> '' AS there,
        v.decided IS DISTINCT FROM 'corrected' OR v.decided_raw = v.raw OR v.decided_value = v.value AS same,
        coalesce(j.automatic, '') <> '' AS automatic, coalesce(j.audited, false) AS audited,
        f.method AS reader, f.reader_version, coalesce(f.template, '') AS template
    FROM form_value v JOIN form_reading f ON f.extraction_id = v.extraction_id
        LEFT JOIN form_row r ON r.extraction_id = v.extraction_id AND r.row_number = v.row_number
        LEFT JOIN form_judgement j ON j.value_id = v.id
    WHERE v.extraction_id = :extraction_id AND NOT coalesce(r.dropped, false)) n
GROUP BY n.extraction_id, n.unit, n.field, n.reader, n.reader_version, n.template;

-- name: count_outcomes
-- How many readings there are of which it is known whether they were right.
SELECT count(*) FROM form_outcome;

-- name: count_most_seen
-- How many readings that people looked at there are of fields, or of columns if there are more: each is judged alone.
SELECT coalesce(max(n.looked_at), 0)
FROM (SELECT count(*) AS looked_at FROM form_outcome o
    WHERE o.confidence IS NOT NULL AND NOT o.automatic GROUP BY o.unit) n;

-- name: seen
-- The last readings that people looked at; what was accepted unseen is none of them, unless it was drawn by lot.
SELECT o.extraction_id::text AS document, o.unit, o.field, o.method, o.confidence,
    o.wrong_count + o.extra_count = 0 AS right
FROM form_outcome o WHERE o.confidence IS NOT NULL AND NOT o.automatic
ORDER BY o.accepted_at DESC, o.extraction_id DESC LIMIT :most;

-- name: measured
-- What came of readings since a moment, added up by what is asked for; what is not is null.
SELECT CASE WHEN 'week' = ANY(:by::text[]) THEN date_trunc('week', o.accepted_at AT TIME ZONE 'UTC')::date END AS week,
    CASE WHEN 'method' = ANY(:by) THEN o.method END AS method,
    CASE WHEN 'field' = ANY(:by) THEN o.field END AS field,
    CASE WHEN 'template' = ANY(:by) THEN o.template END AS template,
    CASE WHEN 'version' = ANY(:by) THEN o.reader || ' ' || o.reader_version END AS version,
    o.unit, count(DISTINCT o.extraction_id) AS documents, sum(o.right_count) AS right_count,
    sum(o.wrong_count) AS wrong_count, sum(o.extra_count) AS extra_count, sum(o.missing_count) AS missing_count,
    count(*) FILTER (WHERE o.automatic) AS automatic_count,
    count(*) FILTER (WHERE o.automatic AND o.wrong_count + o.extra_count > 0) AS escaped_count
FROM form_outcome o WHERE o.accepted_at >= :since
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1 DESC, 2, 3, 4, 5, 6;

-- name: corrected_shares
-- The share of values of each of the last accepted forms that people had to correct, the newest first.
SELECT sum(o.wrong_count + o.extra_count + o.missing_count)::double precision
    / greatest(1, sum(o.right_count + o.wrong_count + o.extra_count + o.missing_count)) AS share
FROM form_outcome o GROUP BY o.extraction_id ORDER BY max(o.accepted_at) DESC, o.extraction_id LIMIT :most;

-- list: corrections
-- One page of decisions of people about values, in a scope.
SELECT d.id, /*sort*/ AS sort_key, json_build_object('id', d.id, 'extraction_id', d.extraction_id,
    'filename', c.filename, 'field', v.field, 'row_number', v.row_number, 'action', d.action, 'read', d.read_raw,
    'before', d.before_raw, 'after', d.became_raw, 'method', d.method, 'confidence', d.confidence,
    'reader', f.method, 'reader_version', f.reader_version, 'template', f.template,
    'template_version', f.template_version, 'decided_by', d.decided_by, 'decided_at', d.decided_at)::text AS item
FROM form_decision d JOIN form_value v ON v.id = d.value_id JOIN form_reading f ON f.extraction_id = d.extraction_id
    JOIN extraction e ON e.id = d.extraction_id JOIN document c ON c.id = e.document_id
WHERE (:scope::uuid[] IS NULL OR e.lab_id = ANY(:scope)) /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: action text   d.action = :action
-- filter: field text   v.field = :field
-- filter: method text   d.method = :method
-- filter: extraction_id uuid   d.extraction_id = :extraction_id
-- sort: decided timestamptz d.decided_at
