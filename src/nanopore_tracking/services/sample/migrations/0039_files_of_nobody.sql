-- A file of a manifest of which is not known yet whose data it is, or that it goes to all.
ALTER TABLE delivery_file ADD COLUMN unassigned boolean NOT NULL DEFAULT false;
ALTER TABLE delivery_file ADD CONSTRAINT delivery_file_unassigned_has_no_sample CHECK (NOT unassigned OR sample_id IS NULL);
CREATE INDEX delivery_file_unassigned ON delivery_file (delivery_id, path) WHERE unassigned;
