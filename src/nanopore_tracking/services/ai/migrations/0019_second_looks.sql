-- Who confirmed what a label means, and on which form: two confirmations by one person are no second look.
CREATE TABLE form_label_confirmation (
    id            uuid PRIMARY KEY,
    label_id      uuid NOT NULL REFERENCES form_label (id) ON DELETE CASCADE,
    account_id    text NOT NULL,
    confirmed_by  text NOT NULL,
    extraction_id uuid,
    weight        integer NOT NULL CHECK (weight > 0),
    confirmed_at  timestamptz NOT NULL,
    CONSTRAINT form_label_confirmation_once UNIQUE NULLS NOT DISTINCT (label_id, account_id, extraction_id)
);
-- What was believed stays so: nobody knows any more who the others were.
INSERT INTO form_label_confirmation (id, label_id, account_id, confirmed_by, weight, confirmed_at)
SELECT gen_random_uuid(), l.id, 'before ' || l.id, l.learnt_by, l.weight, l.learnt_at FROM form_label l;

-- What each person's word for a label weighs: as that of a person, and as that of the forms on which it was said.
CREATE VIEW form_label_said AS
SELECT l.id AS label_id, l.lab_id, l.template, l.kind, l.label, l.field, c.account_id,
    max(c.weight) AS of_person, sum(c.weight) AS of_forms
FROM form_label l JOIN form_label_confirmation c ON c.label_id = l.id
GROUP BY l.id, l.lab_id, l.template, l.kind, l.label, l.field, c.account_id;
-- The column goes with a later version: replicas of the one before still write it while this one is rolled out.
ALTER TABLE form_label ALTER COLUMN weight SET DEFAULT 1;

-- Who left a row out, so that it can be told on another reading.
ALTER TABLE form_row ADD COLUMN dropped_by text, ADD COLUMN dropped_at timestamptz;

-- What was decided on an earlier reading of the same document and does not hold on this one by itself, since the same
-- place does not say the same here, or is not there. value_id: of the value here, null for a row and for what is not
-- there; row_number: of the row here, null where there is none. settled: a person saw what has no value here.
CREATE TABLE form_precedent (
    id            uuid PRIMARY KEY,
    extraction_id uuid NOT NULL REFERENCES form_reading,
    value_id      uuid REFERENCES form_value (id),
    row_number    integer,
    in_table      boolean NOT NULL,
    field         text NOT NULL,
    action        text NOT NULL CHECK (action IN ('confirm', 'correct', 'drop')),
    read_raw      text NOT NULL,
    became_raw    text NOT NULL,
    became_value  jsonb NOT NULL,
    page          integer,
    box           jsonb NOT NULL,
    place         text NOT NULL,
    decided_by    text NOT NULL,
    decided_at    timestamptz NOT NULL,
    settled_by    text,
    settled_at    timestamptz,
    CONSTRAINT form_precedent_settled CHECK ((settled_by IS NULL) = (settled_at IS NULL))
);
CREATE INDEX form_precedent_of ON form_precedent (extraction_id, decided_at, id);
CREATE INDEX form_precedent_value ON form_precedent (value_id) WHERE value_id IS NOT NULL;

-- Those that a person has still to decide about: a value that has one waits for its own decision.
CREATE VIEW form_precedent_open AS
SELECT p.* FROM form_precedent p LEFT JOIN form_value v ON v.id = p.value_id
WHERE p.settled_at IS NULL AND v.decided IS NULL;
