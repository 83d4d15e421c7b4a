-- list: billing_events
-- One page of what was charged to a lab, with how much of it was credited since, within the labs in scope.
SELECT b.id, /*sort*/ AS sort_key, json_build_object('id', b.id, 'lab_id', b.lab_id, 'project_id', b.project_id,
    'charge_code', b.charge_code, 'item', b.item, 'quantity', b.quantity, 'unit_price_cents', b.unit_price_cents,
    'currency', b.currency, 'price_version', b.price_version, 'fact', b.fact, 'fact_id', b.fact_id,
    'subject_code', b.subject_code, 'happened_at', b.happened_at, 'credited',
    (SELECT coalesce(sum(c.quantity), 0) FROM billing_credit c WHERE c.event_id = b.id))::text AS item
FROM billing_event b
WHERE b.lab_id = :lab_id AND (:scope::uuid[] IS NULL OR b.lab_id = ANY(:scope))
    AND b.happened_at >= :begins AND b.happened_at < :ends /*where*/
ORDER BY /*order*/ LIMIT :limit;
-- filter: item text          b.item = :item
-- filter: charge_code text   b.charge_code = :charge_code
-- filter: id uuid            b.id = :id
-- filter: q text             strpos(upper(b.subject_code), upper(:q)) > 0
-- sort: happened timestamptz b.happened_at

-- name: insert_billing_event
-- What is charged for a fact; what was charged already stays as it is.
INSERT INTO billing_event (id, lab_id, project_id, charge_code, item, quantity, unit_price_cents, currency,
    price_version, fact, fact_id, subject_code, happened_at)
VALUES (:id, :lab_id, :project_id, :charge_code, :item, :quantity, :unit_price_cents, :currency, :price_version, :fact,
    :fact_id, :subject_code, :happened_at)
ON CONFLICT (fact_id, item) DO NOTHING
RETURNING id;

-- name: month_of
-- All that was charged to a lab within a time.
SELECT b.fact_id, b.fact, b.lab_id, b.project_id, b.charge_code, b.item, b.quantity, b.unit_price_cents, b.currency,
    b.price_version, b.subject_code, b.happened_at
FROM billing_event b WHERE b.lab_id = :lab_id AND b.happened_at >= :begins AND b.happened_at < :ends;

-- name: lock_event
-- Lock a billing event to be credited.
SELECT b.id FROM billing_event b
WHERE b.id = :event_id AND (:scope::uuid[] IS NULL OR b.lab_id = ANY(:scope)) FOR UPDATE;

-- name: find_event
-- A billing event of a lab, and how much of it was credited already.
SELECT b.id, b.lab_id, b.project_id, b.fact_id, b.charge_code, b.item, b.quantity, b.unit_price_cents, b.currency,
    b.price_version, b.subject_code, b.happened_at,
    (SELECT coalesce(sum(c.quantity), 0)::integer FROM billing_credit c WHERE c.event_id = b.id) AS credited
FROM billing_event b
WHERE b.id = :event_id AND b.lab_id = :lab_id AND (:scope::uuid[] IS NULL OR b.lab_id = ANY(:scope));

-- name: insert_credit
-- What was charged, taken back.
INSERT INTO billing_credit (id, event_id, lab_id, charge_code, item, quantity, unit_price_cents, currency, price_version,
    reason, credited_by, credited_at)
VALUES (:id, :event_id, :lab_id, :charge_code, :item, :quantity, :unit_price_cents, :currency, :price_version, :reason,
    :credited_by, :at);

-- name: credits_of
-- What was taken back of a lab's charges within a time.
SELECT c.id, c.event_id, b.fact_id, c.charge_code, c.item, c.quantity, c.unit_price_cents, c.currency, c.price_version,
    b.subject_code, b.happened_at AS charged_at, c.reason, c.credited_by, c.credited_at
FROM billing_credit c JOIN billing_event b ON b.id = c.event_id
WHERE c.lab_id = :lab_id AND c.credited_at >= :begins AND c.credited_at < :ends ORDER BY c.credited_at, c.id;

-- name: facts_by_id
-- What happened to the submissions and samples of a lab that these charges came of, with the code it goes to.
SELECT f.id, f.kind, f.lab_id, f.project_id, f.charge_code, f.subject_code, f.happened_at, f.quantity, f.part, f.parts
FROM billing_fact f WHERE f.lab_id = :lab_id AND f.id = ANY(:fact_ids::uuid[]);

-- name: facts_of
-- What happened to the submissions and samples of a lab within a time that may cost something, with the code it goes to.
SELECT f.id, f.kind, f.lab_id, f.project_id, f.charge_code, f.subject_code, f.happened_at, f.quantity, f.part, f.parts
FROM billing_fact f WHERE f.lab_id = :lab_id AND f.happened_at >= :begins AND f.happened_at < :ends;

-- name: facts_from
-- The same of these rows: transitions, libraries, loads, runs and records, as they were just stored.
SELECT f.id, f.kind, f.lab_id, f.project_id, f.charge_code, f.subject_code, f.happened_at, f.quantity, f.part, f.parts
FROM billing_fact f WHERE f.source_id = ANY(:source_ids::uuid[]) ORDER BY f.id;

-- name: estimated_of
-- How many samples a submission has, by its id or its code, within the labs in scope.
SELECT u.id, u.code, u.row_count FROM submission u
WHERE (u.id = :submission_id::uuid OR u.code = :code) AND (:scope::uuid[] IS NULL OR u.lab_id = ANY(:scope));

-- name: facility_zone
-- The time zone of the facility.
SELECT f.value FROM facility_setting f WHERE f.name = 'time_zone';
