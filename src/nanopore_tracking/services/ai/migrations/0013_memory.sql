-- What corrections teach: headings beside labels, on which known form each was learnt, what unknown texts may be, and by
-- which labels forms are alike.
ALTER TABLE form_label
    ADD COLUMN kind text NOT NULL DEFAULT 'label' CHECK (kind IN ('label', 'heading')),
    ADD COLUMN template text NOT NULL DEFAULT '',
    DROP CONSTRAINT form_label_once,
    ADD CONSTRAINT form_label_once UNIQUE (lab_id, template, kind, label, field);

-- The known form that a person chose for a reading.
ALTER TABLE extraction ADD COLUMN wanted_template text;

-- vocabulary: labels that were learnt when the form was read; meanings: the model by which texts were compared.
ALTER TABLE form_reading ADD COLUMN vocabulary integer, ADD COLUMN meanings text;

-- A text of a form that nobody knew, and what it may be. taken_as: what a person said that it is.
CREATE TABLE form_hint (
    id            uuid PRIMARY KEY,
    extraction_id uuid NOT NULL REFERENCES form_reading,
    position      integer NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('label', 'heading')),
    label         text NOT NULL CHECK (label <> ''),
    raw           text NOT NULL,
    page          integer,
    place         text NOT NULL,
    field         text,
    alike         text,
    way           text CHECK (way IN ('meaning', 'spelling')),
    score         real CHECK (score BETWEEN 0 AND 1),
    taken_as      text,
    taken_by      text,
    taken_at      timestamptz,
    UNIQUE (extraction_id, position),
    CONSTRAINT form_hint_field CHECK ((field IS NULL) = (way IS NULL) AND (field IS NULL) = (score IS NULL)),
    CONSTRAINT form_hint_taken CHECK ((taken_as IS NULL) = (taken_by IS NULL) AND (taken_as IS NULL) = (taken_at IS NULL))
);

-- The labels of each form that was read, in one spelling.
CREATE TABLE form_print (
    extraction_id uuid PRIMARY KEY REFERENCES form_reading,
    lab_id        uuid NOT NULL,
    project_id    uuid NOT NULL,
    labels        text[] NOT NULL,
    read_at       timestamptz NOT NULL
);
CREATE INDEX form_print_read ON form_print (lab_id, read_at, extraction_id);
