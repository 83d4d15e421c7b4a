-- Also a session that a password or a link opens stands on a tablet: it ends when the tablet is taken back.
ALTER TABLE session ADD COLUMN opened_on uuid REFERENCES device;
UPDATE session SET opened_on = device_id WHERE device_id IS NOT NULL;
DROP INDEX session_device;
CREATE INDEX session_opened_on ON session (opened_on);
