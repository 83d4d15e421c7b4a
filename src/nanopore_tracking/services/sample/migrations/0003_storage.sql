-- Where things are kept: the tree of places, the containers in it, and custody as one chain of events per container.

-- A place. `rank` is the level of its kind, and a place stands below one of a lower rank: that alone rules out cycles.
CREATE TABLE storage_location (
    id                   uuid PRIMARY KEY,
    kind                 text NOT NULL,
    rank                 smallint NOT NULL GENERATED ALWAYS AS (CASE kind WHEN 'site' THEN 1 WHEN 'room' THEN 2
        WHEN 'fridge' THEN 3 WHEN 'freezer' THEN 3 WHEN 'ln2' THEN 3 WHEN 'bench' THEN 3 WHEN 'shelf' THEN 4
        WHEN 'rack' THEN 5 WHEN 'drawer' THEN 5 WHEN 'box' THEN 6 END) STORED,
    parent_id            uuid,
    parent_rank          smallint,
    code                 text NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$'),
    name                 text NOT NULL,
    barcode              text COLLATE "C" CONSTRAINT storage_location_barcode UNIQUE CHECK (barcode <> ''),
    grid_rows            integer CHECK (grid_rows BETWEEN 1 AND 26),
    grid_columns         integer CHECK (grid_columns BETWEEN 1 AND 50),
    temperature_target_c double precision CHECK (temperature_target_c BETWEEN -273.15 AND 100),
    status               text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    -- The codes from the top down; a trigger writes it.
    path                 text NOT NULL,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    version              integer NOT NULL DEFAULT 1,
    CONSTRAINT storage_location_rank UNIQUE (id, rank),
    CONSTRAINT storage_location_parent FOREIGN KEY (parent_id, parent_rank) REFERENCES storage_location (id, rank),
    CHECK ((parent_id IS NULL) = (parent_rank IS NULL)),
    CONSTRAINT storage_location_below CHECK (CASE rank
        WHEN 1 THEN parent_rank IS NULL
        WHEN 2 THEN coalesce(parent_rank, 1) = 1
        WHEN 3 THEN coalesce(parent_rank, 0) = 2
        WHEN 4 THEN coalesce(parent_rank, 0) = 3
        WHEN 5 THEN coalesce(parent_rank, 0) IN (3, 4)
        ELSE coalesce(parent_rank, 0) IN (3, 4, 5) END),
    CONSTRAINT storage_location_grid CHECK ((kind = 'box') = (grid_rows IS NOT NULL)
        AND (grid_rows IS NULL) = (grid_columns IS NULL))
);
CREATE UNIQUE INDEX storage_location_code ON storage_location (parent_id, lower(code)) NULLS NOT DISTINCT
    WHERE status = 'active';
CREATE INDEX storage_location_path ON storage_location (path, id);
CREATE INDEX storage_location_updated_sort ON storage_location (updated_at, id);
CREATE INDEX storage_location_lower_path ON storage_location (lower(path)) WHERE status = 'active';
CREATE INDEX storage_location_children ON storage_location (parent_id, code);

-- Where a place has stood since when: what a freezer held in March is known after its racks were moved in April.
CREATE TABLE storage_move (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    location_id uuid NOT NULL REFERENCES storage_location,
    parent_id   uuid,
    moved_at    timestamptz NOT NULL
);
CREATE INDEX storage_move_location ON storage_move (location_id, id);
CREATE INDEX storage_move_parent ON storage_move (parent_id);
CREATE TRIGGER storage_move_never_changes BEFORE UPDATE OR DELETE ON storage_move
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

CREATE FUNCTION storage_location_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above storage_location;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := NEW.code;
        RETURN NEW;
    END IF;
    SELECT * INTO above FROM storage_location WHERE id = NEW.parent_id FOR SHARE;
    IF above.status = 'retired' AND NEW.status = 'active' THEN
        RAISE EXCEPTION '% is retired', above.path USING ERRCODE = 'check_violation', CONSTRAINT = 'storage_location_open';
    END IF;
    NEW.path := above.path || '/' || NEW.code;
    RETURN NEW;
END
$$;
CREATE TRIGGER storage_location_path BEFORE INSERT OR UPDATE OF parent_id, code, path, status ON storage_location
    FOR EACH ROW EXECUTE FUNCTION storage_location_path();

CREATE FUNCTION storage_location_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR OLD.parent_id IS DISTINCT FROM NEW.parent_id THEN
        INSERT INTO storage_move (location_id, parent_id, moved_at) VALUES (NEW.id, NEW.parent_id, NEW.updated_at);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.path <> NEW.path THEN
        UPDATE storage_location SET path = NEW.path WHERE parent_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER storage_location_moved AFTER INSERT OR UPDATE ON storage_location
    FOR EACH ROW EXECUTE FUNCTION storage_location_moved();

-- A tube or a well and where it is: in a place (in a box: at a position), or somewhere that is only described.
CREATE TABLE container (
    id            uuid PRIMARY KEY,
    barcode       text COLLATE "C" NOT NULL CONSTRAINT container_barcode UNIQUE CHECK (barcode <> ''),
    kind          text NOT NULL CHECK (kind IN ('tube', 'tube_0_2_ml', 'tube_1_5_ml', 'tube_2_ml', 'plate_well',
        'cryovial', 'library_tube')),
    subject_kind  text NOT NULL CHECK (subject_kind IN ('sample', 'aliquot', 'library', 'pool')),
    subject_code  text NOT NULL CHECK (subject_code <> ''),
    -- The sample whose tube this is.
    sample_id     uuid CONSTRAINT container_of_sample UNIQUE REFERENCES sample,
    -- Whose it is; null where it is of several labs.
    lab_id        uuid REFERENCES lab,
    volume_ul     double precision CHECK (volume_ul >= 0),
    status        text NOT NULL DEFAULT 'expected'
        CHECK (status IN ('expected', 'present', 'out', 'consumed', 'returned', 'destroyed', 'lost')),
    location_id   uuid REFERENCES storage_location,
    row_number    integer,
    column_number integer,
    place         text NOT NULL DEFAULT '',
    event_count   integer NOT NULL DEFAULT 0 CHECK (event_count >= 0),
    last_hash     text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    CHECK ((subject_kind = 'sample') = (sample_id IS NOT NULL)),
    CHECK ((row_number IS NULL) = (column_number IS NULL)),
    CHECK (row_number IS NULL OR location_id IS NOT NULL),
    CONSTRAINT container_in_one_place CHECK (place = '' OR location_id IS NULL),
    CONSTRAINT container_gone_is_nowhere CHECK (status IN ('expected', 'present', 'out')
        OR location_id IS NULL AND place = '')
);
CREATE UNIQUE INDEX container_position ON container (location_id, row_number, column_number)
    WHERE row_number IS NOT NULL;
CREATE INDEX container_location ON container (location_id) WHERE location_id IS NOT NULL;
CREATE INDEX container_subject ON container (subject_kind, subject_code);
CREATE INDEX container_barcode_sort ON container (barcode, id);
CREATE INDEX container_updated_sort ON container (updated_at, id);

CREATE FUNCTION container_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept storage_location;
BEGIN
    IF NEW.location_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO kept FROM storage_location WHERE id = NEW.location_id FOR SHARE;
    IF kept.status = 'retired' THEN
        RAISE EXCEPTION '% is retired', kept.path USING ERRCODE = 'check_violation', CONSTRAINT = 'container_place_open';
    END IF;
    IF (kept.grid_rows IS NULL) <> (NEW.row_number IS NULL)
        OR NEW.row_number NOT BETWEEN 1 AND kept.grid_rows OR NEW.column_number NOT BETWEEN 1 AND kept.grid_columns THEN
        RAISE EXCEPTION '% has no such position', kept.path
            USING ERRCODE = 'check_violation', CONSTRAINT = 'container_on_grid';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER container_fits BEFORE INSERT OR UPDATE OF location_id, row_number, column_number ON container
    FOR EACH ROW EXECUTE FUNCTION container_fits();

-- The barcode of a sample's tube is the sample's, its code where it has none.
CREATE FUNCTION container_barcode_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE container SET barcode = coalesce(NEW.container_barcode, NEW.code) WHERE sample_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER container_barcode_follows AFTER UPDATE OF container_barcode ON sample
    FOR EACH ROW WHEN (OLD.container_barcode IS DISTINCT FROM NEW.container_barcode)
    EXECUTE FUNCTION container_barcode_follows();

-- What a position is called: C4.
CREATE FUNCTION position_name(row_number integer, column_number integer) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN chr(64 + row_number) || column_number;

-- Where the tube of a sample is, in words; blank where nobody knows.
CREATE FUNCTION sample_place(sample_id uuid) RETURNS text LANGUAGE sql STABLE
    RETURN coalesce((SELECT CASE WHEN c.location_id IS NULL THEN c.place
            ELSE concat_ws('/', l.path, position_name(c.row_number, c.column_number)) END
        FROM container c LEFT JOIN storage_location l ON l.id = c.location_id
        WHERE c.sample_id = sample_place.sample_id), '');

-- Places as they are shown: what stands below, how many positions there are, and how many containers.
CREATE VIEW storage_place AS
SELECT l.id, l.parent_id, l.kind, l.code, l.name, l.path, l.barcode, l.status, l.updated_at, l.version,
    json_build_object('id', l.id, 'kind', l.kind, 'code', l.code, 'name', l.name, 'path', l.path,
        'barcode', coalesce(l.barcode, ''), 'parent_id', l.parent_id, 'grid_rows', l.grid_rows,
        'grid_columns', l.grid_columns, 'temperature_target_c', l.temperature_target_c, 'status', l.status,
        'child_count', (SELECT count(*) FROM storage_location c WHERE c.parent_id = l.id AND c.status = 'active'),
        'capacity', f.capacity, 'used', f.used, 'free', f.capacity - f.placed,
        'above', (WITH RECURSIVE up AS (
                SELECT a.parent_id, ARRAY[json_build_object('id', a.id, 'kind', a.kind, 'code', a.code)] AS said
                FROM storage_location a WHERE a.id = l.parent_id
                UNION ALL
                SELECT a.parent_id,
                    array_prepend(json_build_object('id', a.id, 'kind', a.kind, 'code', a.code), u.said)
                FROM up u JOIN storage_location a ON a.id = u.parent_id)
            SELECT coalesce((SELECT to_json(u.said) FROM up u WHERE u.parent_id IS NULL), '[]'::json)),
        'updated_at', l.updated_at, 'version', l.version) AS item
FROM storage_location l CROSS JOIN LATERAL (
    WITH RECURSIVE below AS (
        SELECT l.id, l.grid_rows, l.grid_columns
        UNION ALL
        SELECT c.id, c.grid_rows, c.grid_columns
        FROM below b JOIN storage_location c ON c.parent_id = b.id AND c.status = 'active')
    SELECT coalesce(sum(b.grid_rows * b.grid_columns), 0) AS capacity, coalesce(sum(n.used), 0) AS used,
        coalesce(sum(n.placed), 0) AS placed
    FROM below b CROSS JOIN LATERAL (
        SELECT count(*) AS used, count(k.row_number) AS placed FROM container k WHERE k.location_id = b.id) n) f;

-- The columns from location_id to place say where the container is after the event, in words as they were then.
ALTER TABLE custody_event
    ADD COLUMN container_id  uuid REFERENCES container,
    ADD COLUMN location_id   uuid REFERENCES storage_location,
    ADD COLUMN row_number    integer,
    ADD COLUMN column_number integer,
    ADD COLUMN place         text NOT NULL DEFAULT '',
    ADD COLUMN shipping_ref  text NOT NULL DEFAULT '',
    ADD COLUMN prev_hash     text NOT NULL DEFAULT '',
    ADD COLUMN hash          text NOT NULL DEFAULT '',
    ALTER COLUMN sample_id DROP NOT NULL,
    DROP CONSTRAINT custody_event_kind_check,
    ADD CONSTRAINT custody_event_kind_check CHECK (kind IN ('received', 'stored', 'moved', 'transferred', 'checked_out',
        'checked_in', 'aliquoted', 'consumed', 'thawed', 'returned', 'destroyed', 'lost', 'damaged', 'excursion'));

-- The digest of an event; custody/model.py computes the same.
CREATE FUNCTION custody_digest(e custody_event) RETURNS text LANGUAGE sql STABLE
    RETURN encode(sha256(convert_to(array_to_string(ARRAY[e.container_id::text, e.sequence::text, e.kind, e.location,
        e.location_id::text, e.row_number::text, e.column_number::text, e.place, e.condition,
        (e.temperature_c * 1000)::bigint::text, e.person, e.witness, e.note, e.shipping_ref,
        (extract(epoch FROM e.happened_at) * 1000000)::bigint::text,
        (extract(epoch FROM e.recorded_at) * 1000000)::bigint::text, e.prev_hash], chr(31), ''), 'UTF8')), 'hex');

-- Tubes of which something is known already.
INSERT INTO container (id, barcode, kind, subject_kind, subject_code, sample_id, lab_id, status, place, event_count,
    created_at, updated_at)
SELECT gen_random_uuid(),
    coalesce(s.container_barcode, CASE WHEN EXISTS (SELECT FROM sample o WHERE o.container_barcode = s.code)
        THEN s.code || '/tube' ELSE s.code END),
    'tube', 'sample', s.code, s.id, s.lab_id, 'expected', '', s.custody_count, s.created_at, s.updated_at
FROM sample s WHERE s.custody_count > 0;

ALTER TABLE custody_event DISABLE TRIGGER custody_never_changes;
DO $$
DECLARE
    told custody_event;
    at_place text;
    before_hash text;
    held text;
    tube uuid;
BEGIN
    FOR told IN SELECT * FROM custody_event ORDER BY sample_id, sequence LOOP
        IF told.sequence = 1 THEN
            at_place := '';
            before_hash := '';
            held := 'expected';
            SELECT c.id INTO tube FROM container c WHERE c.sample_id = told.sample_id;
        END IF;
        at_place := CASE WHEN told.kind IN ('returned', 'destroyed', 'lost') THEN '' WHEN told.location <> ''
            THEN told.location WHEN told.kind = 'checked_out' THEN '' ELSE at_place END;
        held := CASE WHEN told.kind IN ('returned', 'destroyed', 'lost') THEN told.kind
            WHEN told.kind = 'checked_out' THEN 'out'
            WHEN told.kind IN ('received', 'stored', 'moved', 'checked_in') OR held = 'expected' THEN 'present'
            ELSE held END;
        told.container_id := tube;
        told.place := at_place;
        told.prev_hash := before_hash;
        told.hash := custody_digest(told);
        before_hash := told.hash;
        UPDATE custody_event SET container_id = tube, place = told.place, prev_hash = told.prev_hash, hash = told.hash
        WHERE id = told.id;
        UPDATE container SET place = at_place, status = held, last_hash = told.hash WHERE id = tube;
    END LOOP;
END
$$;
ALTER TABLE custody_event ENABLE TRIGGER custody_never_changes;

ALTER TABLE custody_event
    ALTER COLUMN container_id SET NOT NULL,
    DROP CONSTRAINT custody_sequence,
    ADD CONSTRAINT custody_sequence UNIQUE (container_id, sequence),
    ADD CONSTRAINT custody_destroyed_before_a_witness CHECK (kind <> 'destroyed' OR witness <> '') NOT VALID,
    ADD CONSTRAINT custody_explained CHECK (note <> '' OR kind NOT IN ('transferred', 'excursion'));
CREATE INDEX custody_sample ON custody_event (sample_id, sequence);
CREATE INDEX custody_location ON custody_event (location_id) WHERE location_id IS NOT NULL;

CREATE FUNCTION custody_continues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prev_hash <> coalesce((SELECT e.hash FROM custody_event e
            WHERE e.container_id = NEW.container_id AND e.sequence = NEW.sequence - 1), '')
        OR (NEW.prev_hash = '') <> (NEW.sequence = 1) OR NEW.hash <> custody_digest(NEW) THEN
        RAISE EXCEPTION 'this event does not continue the chain of its container'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'custody_chain';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER custody_continues BEFORE INSERT ON custody_event FOR EACH ROW EXECUTE FUNCTION custody_continues();

ALTER TABLE sample DROP COLUMN location, DROP COLUMN custody_count;
