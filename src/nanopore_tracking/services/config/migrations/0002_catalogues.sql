-- Catalogues and facility settings; every version stays.

CREATE TABLE catalogue_version (
    name           text NOT NULL CHECK (name IN ('kits', 'barcodes', 'flow_cells', 'thresholds', 'service_types')),
    version        integer NOT NULL CHECK (version > 0),
    effective_from date NOT NULL,
    note           text NOT NULL,
    published_at   timestamptz NOT NULL,
    published_by   text NOT NULL,
    entry_count    integer NOT NULL CHECK (entry_count > 0),
    entries        json NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE setting_value (
    name       text NOT NULL CHECK (name <> ''),
    version    integer NOT NULL CHECK (version > 0),
    value      text NOT NULL CHECK (value <> ''),
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of % was published and stays as it is: % is refused',
        OLD.version, OLD.name, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER published_never_changes BEFORE UPDATE OR DELETE ON catalogue_version
    FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER set_value_never_changes BEFORE UPDATE OR DELETE ON setting_value
    FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
