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
