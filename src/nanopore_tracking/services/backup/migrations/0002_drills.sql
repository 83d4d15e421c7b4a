-- What came of restoring a backup for a test: a backup that was never restored is a hope.
ALTER TABLE backup ADD COLUMN drilled_at timestamptz, ADD COLUMN drill_problems json,
    ADD CONSTRAINT backup_drill CHECK ((drilled_at IS NULL) = (drill_problems IS NULL));

CREATE OR REPLACE VIEW backup_shown AS
SELECT b.id, b.state, b.cause, b.requested_at, b.version,
    json_build_object('id', b.id, 'cause', b.cause, 'state', b.state, 'note', b.note,
    'requested_by', b.requested_by, 'requested_at', b.requested_at, 'started_at', b.started_at,
    'finished_at', b.finished_at, 'folder', b.folder, 'size_bytes', b.size_bytes, 'error', b.error,
    'version', b.version, 'parts', b.parts, 'check', CASE WHEN b.checked_at IS NOT NULL THEN
    json_build_object('checked_at', b.checked_at, 'problems', b.problems) END, 'drill', CASE
    WHEN b.drilled_at IS NOT NULL THEN
    json_build_object('drilled_at', b.drilled_at, 'problems', b.drill_problems) END)::text AS item
FROM backup b;
