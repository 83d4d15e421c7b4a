-- By which method a form was read, with which language model, and what the model said that nothing bears out.
ALTER TABLE form_reading
    ADD COLUMN wanted_method text NOT NULL DEFAULT 'pattern'
        CONSTRAINT form_reading_wanted CHECK (wanted_method IN ('pattern', 'llm', 'hybrid', 'rag')),
    ADD COLUMN model text,
    ADD COLUMN prompt_version integer,
    ADD COLUMN tokens bigint CONSTRAINT form_reading_tokens CHECK (tokens >= 0),
    ADD COLUMN read_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT form_reading_model CHECK (method NOT IN ('llm', 'hybrid') OR model IS NOT NULL);
ALTER TABLE form_reading ALTER COLUMN wanted_method DROP DEFAULT, ALTER COLUMN read_at DROP DEFAULT;
UPDATE form_reading f SET read_at = e.finished_at FROM extraction e
WHERE e.id = f.extraction_id AND e.finished_at IS NOT NULL;

-- model: that said the value, or agreed with the rules; unconfirmed: it said so, and the document does not bear it out.
ALTER TABLE form_value
    ADD COLUMN model text,
    ADD COLUMN unconfirmed boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT form_value_unconfirmed CHECK (NOT unconfirmed OR state = 'needs_review');
ALTER TABLE form_value ALTER COLUMN unconfirmed DROP DEFAULT;

CREATE OR REPLACE VIEW form_value_now AS
SELECT v.id, v.extraction_id, v.position, v.field, v.row_number, v.unit, v.method, v.page, v.box, v.confidence, v.doubt,
    v.raw AS read_raw, v.version, v.decided_by, v.decided_at,
    coalesce(v.decided_raw, v.raw) AS raw, coalesce(v.decided_value, v.value) AS value,
    coalesce(v.decided, v.state) AS state,
    CASE WHEN v.decided = 'corrected' THEN v.raw END AS was,
    v.decided IS NULL AND v.state = 'needs_review' AND NOT coalesce(r.dropped, false) AS open,
    v.model, v.unconfirmed
FROM form_value v LEFT JOIN form_row r ON r.extraction_id = v.extraction_id AND r.row_number = v.row_number;

CREATE OR REPLACE VIEW form_value_shown AS
SELECT n.id, n.extraction_id, n.position, n.row_number,
    json_build_object('id', n.id, 'field', n.field, 'row_number', n.row_number, 'raw', n.raw, 'value', n.value,
        'unit', n.unit, 'method', n.method, 'page', n.page, 'box', nullif(n.box, 'null'), 'confidence', n.confidence,
        'state', n.state, 'doubt', n.doubt, 'was', n.was, 'decided_by', n.decided_by, 'decided_at', n.decided_at,
        'model', n.model, 'unconfirmed', n.unconfirmed, 'version', n.version) AS item
FROM form_value_now n;

-- Whether documents of a project may go to a language model elsewhere, as the sample service announces it.
ALTER TABLE project
    ADD COLUMN remote_models boolean NOT NULL DEFAULT false,
    ADD COLUMN remote_models_by text,
    ADD COLUMN remote_models_at timestamptz;
