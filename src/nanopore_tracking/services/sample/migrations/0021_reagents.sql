-- What was taken of a lot for a library, so that it can be given back: a use of a number below 0.
ALTER TABLE kit_lot_use ADD COLUMN library_id uuid REFERENCES library;
ALTER TABLE kit_lot_use DROP CONSTRAINT kit_lot_use_reactions_check;
ALTER TABLE kit_lot_use ADD CONSTRAINT kit_lot_use_given_back
    CHECK (reactions > 0 OR (reactions < 0 AND library_id IS NOT NULL AND reason <> ''));
CREATE INDEX kit_lot_use_library ON kit_lot_use (library_id) WHERE library_id IS NOT NULL;
