-- The saga that hands a delivery over: how often one was begun, the last one, and whether it may still undo what it did
-- to the delivery; a person who takes the delivery back has done that already.
ALTER TABLE delivery
    ADD COLUMN handover_count integer NOT NULL DEFAULT 0,
    ADD COLUMN handover_saga uuid,
    ADD COLUMN handover_open boolean NOT NULL DEFAULT false;
