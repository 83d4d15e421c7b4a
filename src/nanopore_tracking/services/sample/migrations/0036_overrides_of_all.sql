-- Overrides of libraries, pools, runs, flow cells and lots wait for a second person too; kind and thing_id say of what.
-- seen: the version of the thing for which it was asked; asked: the request that is carried out when it is confirmed.
ALTER TABLE sample_override
    ALTER COLUMN sample_id DROP NOT NULL,
    ADD COLUMN library_id uuid REFERENCES library,
    ADD COLUMN pool_id uuid REFERENCES pool,
    ADD COLUMN run_id uuid REFERENCES sequencing_run,
    ADD COLUMN flow_cell_id uuid REFERENCES flow_cell,
    ADD COLUMN kit_lot_id uuid REFERENCES kit_lot,
    ADD COLUMN seen integer NOT NULL DEFAULT 0,
    ADD COLUMN asked jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT override_of_one_thing
        CHECK (num_nonnulls(sample_id, library_id, pool_id, run_id, flow_cell_id, kit_lot_id) = 1);
ALTER TABLE sample_override
    ADD COLUMN thing_id uuid NOT NULL
        GENERATED ALWAYS AS (coalesce(sample_id, library_id, pool_id, run_id, flow_cell_id, kit_lot_id)) STORED,
    ADD COLUMN kind text NOT NULL GENERATED ALWAYS AS (CASE WHEN sample_id IS NOT NULL THEN 'sample'
        WHEN library_id IS NOT NULL THEN 'library' WHEN pool_id IS NOT NULL THEN 'pool'
        WHEN run_id IS NOT NULL THEN 'run' WHEN flow_cell_id IS NOT NULL THEN 'flow_cell' ELSE 'kit_lot' END) STORED;
DROP INDEX sample_override_waits_once;
CREATE UNIQUE INDEX sample_override_waits_once ON sample_override (thing_id) WHERE state = 'waiting';
CREATE INDEX sample_override_thing ON sample_override (thing_id, asked_at, id);

-- Who asked for an override that the one who made the change confirmed; blank where one person was enough.
ALTER TABLE chain_change ADD COLUMN asked_by text NOT NULL DEFAULT '';
ALTER TABLE flow_cell_load ADD COLUMN asked_by text NOT NULL DEFAULT '';
ALTER TABLE kit_lot_use ADD COLUMN asked_by text NOT NULL DEFAULT '';
