-- Changing many samples as one job, what is found by words, and the indexes that reports are read from.

-- One change of many samples. Each sample is changed by itself, in groups; a group is one transaction.
CREATE TABLE bulk_job (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('move', 'change', 'edit', 'undo')),
    operation       json NOT NULL,
    undoes          uuid CONSTRAINT bulk_undone_once UNIQUE REFERENCES bulk_job,
    may_override    boolean NOT NULL,
    -- Whose doing each change is, and which labs they could see when they asked; null for all.
    actor_kind      text NOT NULL CHECK (actor_kind IN ('person', 'token', 'service')),
    actor_id        text NOT NULL CHECK (actor_id <> ''),
    actor_name      text NOT NULL CHECK (actor_name <> ''),
    labs            uuid[],
    total           integer NOT NULL CHECK (total > 0),
    groups_left     integer NOT NULL CHECK (groups_left >= 0),
    created_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    version         integer NOT NULL DEFAULT 1,
    CHECK ((kind = 'undo') = (undoes IS NOT NULL)),
    CONSTRAINT bulk_finished_with_its_last_group CHECK ((groups_left = 0) = (finished_at IS NOT NULL))
);
CREATE INDEX bulk_job_created ON bulk_job (created_at, id);

CREATE TABLE bulk_group (
    job_id  uuid NOT NULL REFERENCES bulk_job,
    number  integer NOT NULL CHECK (number >= 0),
    done_at timestamptz,
    PRIMARY KEY (job_id, number)
);
CREATE INDEX bulk_group_waiting ON bulk_group (job_id, number) WHERE done_at IS NULL;

-- What becomes of each sample. changes: of each field what it was and what it became, to be compared when it is undone.
CREATE TABLE bulk_item (
    job_id    uuid NOT NULL,
    place     integer NOT NULL CHECK (place >= 0),
    number    integer NOT NULL,
    sample_id uuid NOT NULL REFERENCES sample,
    outcome   text CHECK (outcome IN ('changed', 'unchanged', 'refused')),
    reason    text NOT NULL DEFAULT '' CHECK ((reason <> '') = (outcome IS NOT NULL AND outcome = 'refused')),
    message   text NOT NULL DEFAULT '',
    changes   json CHECK ((changes IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'changed')),
    PRIMARY KEY (job_id, place),
    CONSTRAINT bulk_item_once UNIQUE (job_id, sample_id),
    FOREIGN KEY (job_id, number) REFERENCES bulk_group
);
CREATE INDEX bulk_item_group ON bulk_item (job_id, number);

-- What became of a sample in a job stays as it was written.
CREATE TRIGGER bulk_item_never_changes BEFORE DELETE OR UPDATE OF job_id, place, number, sample_id ON bulk_item
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER bulk_item_stays BEFORE UPDATE ON bulk_item
    FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER bulk_job_never_changes BEFORE DELETE OR UPDATE OF id, kind, operation, undoes, may_override, actor_kind,
    actor_id, actor_name, labs, total, created_at ON bulk_job FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- A text as searching compares it: without accents and capitals, and with blanks for all that is between words.
CREATE FUNCTION folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(lower(regexp_replace(regexp_replace(normalize(said, NFKD), U&'[\0300-\036F]', '', 'g'),
        '[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]+', ' ', 'g')), 'ß', 'ss')
$$;
CREATE INDEX sample_notes ON sample USING gin (to_tsvector('simple'::regconfig,
    folded(comment || ' ' || submitted_comment))) WITH (fastupdate = off)
    WHERE comment <> '' OR submitted_comment <> '';

-- Reports look at the transitions of some weeks.
CREATE INDEX stage_change_direction ON stage_change (direction, changed_at);
