-- Batches at the bench: up to 96 tubes with their positions, and the one thing that is done with each of them.

CREATE TABLE bench_batch (
    id             uuid PRIMARY KEY,
    code           text COLLATE "C" NOT NULL CONSTRAINT bench_batch_code UNIQUE CHECK (code ~ '^B[0-9]{2}-[0-9]{6,}$'),
    name           text NOT NULL CHECK (name <> ''),
    task           text NOT NULL CHECK (task IN ('receive', 'measure')),
    quantity       text,
    method         text,
    kit            text NOT NULL,
    kit_lot        text NOT NULL DEFAULT '',
    lot_expires_on date,
    closed         boolean NOT NULL DEFAULT false,
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT bench_batch_measures CHECK ((task = 'measure') = (quantity IS NOT NULL AND method IS NOT NULL)),
    CONSTRAINT bench_batch_lot_dated CHECK ((kit_lot = '') = (lot_expires_on IS NULL))
);
CREATE INDEX bench_batch_updated_sort ON bench_batch (updated_at, id);

CREATE TABLE bench_position (
    batch_id      uuid NOT NULL REFERENCES bench_batch,
    row_number    smallint NOT NULL CHECK (row_number BETWEEN 1 AND 8),
    column_number smallint NOT NULL CHECK (column_number BETWEEN 1 AND 12),
    sample_id     uuid NOT NULL REFERENCES sample,
    PRIMARY KEY (batch_id, row_number, column_number),
    CONSTRAINT bench_sample_once UNIQUE (batch_id, sample_id)
);
CREATE INDEX bench_position_sample ON bench_position (sample_id);
CREATE TRIGGER bench_position_never_changes BEFORE UPDATE OR DELETE ON bench_position
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What became of each position: it follows from what is recorded of the sample, so that nothing is said twice.
-- said: the value, who did it and when it happened, NULL where it is not done.
CREATE VIEW bench_place AS
SELECT p.batch_id, p.row_number, p.column_number, p.sample_id,
    CASE b.task WHEN 'receive' THEN EXISTS (SELECT FROM custody_event e
        WHERE e.sample_id = p.sample_id AND e.kind = 'received')
    ELSE EXISTS (SELECT FROM measurement m
        WHERE m.sample_id = p.sample_id AND m.subject = 'sample' AND m.quantity = b.quantity
            AND m.recorded_at >= b.created_at
            AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
            AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id))
    END AS done,
    CASE b.task WHEN 'receive' THEN (SELECT json_build_object('value', NULL, 'done_by', e.person, 'done_at', e.happened_at)
        FROM custody_event e WHERE e.sample_id = p.sample_id AND e.kind = 'received' ORDER BY e.recorded_at DESC LIMIT 1)
    ELSE (SELECT json_build_object('value', m.value, 'done_by', m.operator, 'done_at', m.measured_at)
        FROM measurement m
        WHERE m.sample_id = p.sample_id AND m.subject = 'sample' AND m.quantity = b.quantity
            AND m.recorded_at >= b.created_at
            AND NOT EXISTS (SELECT FROM measurement_invalidation i WHERE i.measurement_id = m.id)
            AND NOT EXISTS (SELECT FROM measurement r WHERE r.replaces = m.id)
        ORDER BY m.recorded_at DESC LIMIT 1)
    END AS said
FROM bench_position p JOIN bench_batch b ON b.id = p.batch_id;
