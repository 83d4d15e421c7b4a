-- Which model a person says that a summary was called with, where nothing in its folder says it. A folder that is read
-- again says it as little, so what was said stays beside the basecalling; who said it last is in the history.
CREATE TABLE basecall_name (
    id             uuid PRIMARY KEY,
    acquisition_id uuid NOT NULL REFERENCES acquisition,
    summary        text NOT NULL,
    model          text NOT NULL CHECK (model <> ''),
    min_q          double precision CHECK (min_q >= 0),
    reason         text NOT NULL,
    named_by       text NOT NULL CHECK (named_by <> ''),
    named_at       timestamptz NOT NULL,
    CONSTRAINT basecall_name_once UNIQUE (acquisition_id, summary)
);
