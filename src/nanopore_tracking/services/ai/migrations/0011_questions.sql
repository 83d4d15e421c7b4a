-- What the submitter is asked about a form; it goes into the thread of its submission once the form is accepted.
CREATE TABLE form_question (
    id            uuid PRIMARY KEY,
    extraction_id uuid NOT NULL REFERENCES form_reading,
    value_id      uuid NOT NULL REFERENCES form_value (id),
    body          text NOT NULL CHECK (body <> ''),
    asked_by      text NOT NULL,
    asked_at      timestamptz NOT NULL
);
CREATE INDEX form_question_of ON form_question (extraction_id, asked_at, id);
