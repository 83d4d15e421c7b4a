-- What a grid measured is taken back with the rest of it: by the undo of its job.
ALTER TABLE bulk_item ADD COLUMN measurements uuid[] NOT NULL DEFAULT '{}';
