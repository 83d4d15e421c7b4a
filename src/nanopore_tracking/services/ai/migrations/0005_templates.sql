-- Forms that are known, as data. shipped: as it came with the product, so that a newer one may replace it.
CREATE TABLE form_template (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]*$') CONSTRAINT form_template_name UNIQUE,
    content    jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    active     boolean NOT NULL DEFAULT true,
    shipped    boolean NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
CREATE INDEX form_template_named ON form_template (name, id);
