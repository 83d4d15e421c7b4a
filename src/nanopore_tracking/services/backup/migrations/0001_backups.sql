-- Backups that were asked for, made, checked and removed again; their files lie in the backup folder.
CREATE TABLE backup (
    id           uuid PRIMARY KEY,
    cause        text NOT NULL CHECK (cause IN ('manual', 'daily')),
    day          date NOT NULL,
    state        text NOT NULL CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    note         text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    folder       text,
    size_bytes   bigint CHECK (size_bytes >= 0),
    error        text,
    parts        json NOT NULL DEFAULT '[]',
    checked_at   timestamptz,
    problems     json,
    version      integer NOT NULL DEFAULT 1,
    CHECK ((checked_at IS NULL) = (problems IS NULL)),
    CHECK (state <> 'ready' OR (folder IS NOT NULL AND size_bytes IS NOT NULL AND finished_at IS NOT NULL)),
    CHECK (state <> 'failed' OR error IS NOT NULL)
);

-- The daily schedule asks once for each day, however many replicas ask.
CREATE UNIQUE INDEX backup_once_a_day ON backup (day) WHERE cause = 'daily';
CREATE INDEX backup_newest ON backup (requested_at, id);
CREATE INDEX backup_waiting ON backup (requested_at) WHERE state IN ('queued', 'running');

-- Backups as they are told, with the columns that they are found by.
CREATE VIEW backup_shown AS
SELECT b.id, b.state, b.cause, b.requested_at, b.version,
    json_build_object('id', b.id, 'cause', b.cause, 'state', b.state, 'note', b.note,
    'requested_by', b.requested_by, 'requested_at', b.requested_at, 'started_at', b.started_at,
    'finished_at', b.finished_at, 'folder', b.folder, 'size_bytes', b.size_bytes, 'error', b.error,
    'version', b.version, 'parts', b.parts, 'check', CASE WHEN b.checked_at IS NOT NULL THEN
    json_build_object('checked_at', b.checked_at, 'problems', b.problems) END)::text AS item
FROM backup b;
