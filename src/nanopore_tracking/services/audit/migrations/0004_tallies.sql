-- How many entries there are of each service, so that the state of the log is told without counting all of it.
CREATE TABLE log_source (
    source      text NOT NULL,
    epoch       bigint NOT NULL,
    last        bigint NOT NULL,
    entries     bigint NOT NULL CHECK (entries >= 0),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (source, epoch)
);

CREATE FUNCTION tally_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log_source AS t (source, epoch, last, entries, recorded_at)
    SELECT a.source, a.epoch, max(a.source_sequence), count(*), max(a.recorded_at)
    FROM added a GROUP BY a.source, a.epoch
    ON CONFLICT (source, epoch) DO UPDATE SET last = greatest(t.last, excluded.last),
        entries = t.entries + excluded.entries, recorded_at = greatest(t.recorded_at, excluded.recorded_at);
    RETURN NULL;
END
$$;
-- By the table itself, so that a process of the version before is counted too; nothing is added until this has ended.
CREATE TRIGGER entry_tallied AFTER INSERT ON entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tally_entries();

-- What is taken out by force is missing in the tally too, as long as this is not switched off as well.
CREATE FUNCTION tally_missing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE log_source t SET entries = t.entries - g.gone
    FROM (SELECT o.source, o.epoch, count(*) AS gone FROM taken o GROUP BY o.source, o.epoch) g
    WHERE t.source = g.source AND t.epoch = g.epoch;
    RETURN NULL;
END
$$;
CREATE TRIGGER entry_missed AFTER DELETE ON entry REFERENCING OLD TABLE AS taken
    FOR EACH STATEMENT EXECUTE FUNCTION tally_missing();

INSERT INTO log_source (source, epoch, last, entries, recorded_at)
SELECT e.source, e.epoch, max(e.source_sequence), count(*), max(e.recorded_at) FROM entry e GROUP BY e.source, e.epoch;
