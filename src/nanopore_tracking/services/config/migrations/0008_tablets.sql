-- A shared tablet has a name that people know it by, and a manager can take it back: its token is worth nothing any more.
ALTER TABLE device ADD COLUMN name text NOT NULL DEFAULT '' CHECK (length(name) <= 100);
ALTER TABLE device ADD COLUMN revoked_at timestamptz;
ALTER TABLE device ADD COLUMN revoked_by uuid REFERENCES account;
ALTER TABLE device ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE device ADD CONSTRAINT device_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL));
CREATE INDEX device_shared ON device (shared_at, id);
