-- What corrections taught: a label on the forms of a lab names a field. weight: confirmations; two are needed.
CREATE TABLE form_label (
    id        uuid PRIMARY KEY,
    lab_id    uuid NOT NULL,
    label     text NOT NULL CHECK (label <> ''),
    spelled   text NOT NULL,
    field     text NOT NULL CHECK (field <> ''),
    weight    integer NOT NULL CHECK (weight > 0),
    learnt_by text NOT NULL,
    learnt_at timestamptz NOT NULL,
    version   integer NOT NULL DEFAULT 1,
    CONSTRAINT form_label_once UNIQUE (lab_id, label, field)
);
CREATE INDEX form_label_learnt ON form_label (learnt_at, id);
