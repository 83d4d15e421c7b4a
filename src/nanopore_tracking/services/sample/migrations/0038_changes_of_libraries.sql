-- One change of many libraries: what was asked, what became of each, and what it is taken back by, once.
CREATE TABLE library_bulk (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('move', 'measure', 'undo')),
    operation  json NOT NULL,
    undoes     uuid CONSTRAINT library_bulk_undone_once UNIQUE REFERENCES library_bulk,
    actor_id   text NOT NULL CHECK (actor_id <> ''),
    created_by text NOT NULL CHECK (created_by <> ''),
    request_id text NOT NULL CHECK (request_id <> ''),
    created_at timestamptz NOT NULL,
    CHECK ((kind = 'undo') = (undoes IS NOT NULL))
);
CREATE INDEX library_bulk_created ON library_bulk (created_at, id);

-- changes: of each field what it was and what it became; measurements: those that were recorded.
CREATE TABLE library_bulk_item (
    bulk_id      uuid NOT NULL REFERENCES library_bulk,
    place        integer NOT NULL CHECK (place >= 0),
    library_id   uuid NOT NULL REFERENCES library,
    outcome      text NOT NULL CHECK (outcome IN ('changed', 'refused')),
    reason       text NOT NULL CHECK ((reason <> '') = (outcome = 'refused')),
    message      text NOT NULL,
    changes      json NOT NULL,
    measurements uuid[] NOT NULL,
    PRIMARY KEY (bulk_id, place),
    CONSTRAINT library_bulk_item_once UNIQUE (bulk_id, library_id)
);

CREATE TRIGGER library_bulk_never_changes BEFORE DELETE OR UPDATE ON library_bulk
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER library_bulk_item_never_changes BEFORE DELETE OR UPDATE ON library_bulk_item
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
