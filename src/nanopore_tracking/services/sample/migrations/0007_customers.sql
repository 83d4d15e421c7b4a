-- What reaches the customer: links to a status page, mails, deliveries.

-- A link that shows the state of one submission to whoever has it. Of its token only the hash is kept.
CREATE TABLE status_link (
    id            uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES submission,
    lab_id        uuid NOT NULL REFERENCES lab,
    -- The mail that it was made for, where it was.
    mail_id       uuid CONSTRAINT status_link_of_mail UNIQUE,
    token_hash    bytea NOT NULL CONSTRAINT status_link_token UNIQUE CHECK (length(token_hash) = 32),
    label         text NOT NULL CHECK (label <> ''),
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at    timestamptz,
    revoked_by    text,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT status_link_at_most_two_years CHECK (expires_at <= created_at + interval '732 days'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX status_link_submission ON status_link (submission_id, created_at, id);

-- Every use of a link, by the minute; of the address only a part is kept.
CREATE TABLE status_link_use (
    id      uuid PRIMARY KEY,
    link_id uuid NOT NULL REFERENCES status_link,
    minute  timestamptz NOT NULL,
    count   integer NOT NULL DEFAULT 1 CHECK (count > 0),
    CONSTRAINT status_link_use_minute UNIQUE (link_id, minute)
);
CREATE INDEX status_link_use_sort ON status_link_use (link_id, minute, id);

CREATE TABLE mail (
    id            uuid PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES submission,
    lab_id        uuid NOT NULL REFERENCES lab,
    -- The event that it tells of; a second handling of it makes no second mail.
    event_id      uuid NOT NULL,
    kind          text NOT NULL
        CHECK (kind IN ('received', 'accepted', 'rejected', 'question', 'released', 'retracted')),
    recipient     text NOT NULL CHECK (recipient LIKE '%@%'),
    facts         json NOT NULL,
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'not_sent')),
    attempts      integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at       timestamptz NOT NULL,
    lease         uuid,
    leased_until  timestamptz,
    error         text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    version       integer NOT NULL DEFAULT 1,
    CONSTRAINT mail_of_event UNIQUE (event_id, kind),
    CONSTRAINT mail_ended CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT mail_failed_with_reason CHECK (state NOT IN ('failed', 'not_sent') OR error <> '')
);
CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_submission ON mail (submission_id, created_at, id);
CREATE INDEX mail_created_sort ON mail (created_at, id);

-- Data on their way to a customer.
CREATE TABLE delivery (
    id              uuid PRIMARY KEY,
    code            text COLLATE "C" NOT NULL CONSTRAINT delivery_code UNIQUE CHECK (code ~ '^D[0-9]{2}-[0-9]{6,}$'),
    lab_id          uuid NOT NULL,
    project_id      uuid NOT NULL,
    submission_id   uuid,
    state           text NOT NULL DEFAULT 'prepared'
        CHECK (state IN ('prepared', 'copying', 'verified', 'released', 'received', 'expired', 'retracted')),
    method          text NOT NULL CHECK (method IN ('research_storage', 'web_link', 'arranged', 'other')),
    destination     text NOT NULL,
    link_url        text NOT NULL DEFAULT '',
    note            text NOT NULL DEFAULT '',
    redelivers      uuid REFERENCES delivery,
    file_count      integer NOT NULL DEFAULT 0 CHECK (file_count >= 0),
    size_bytes      bigint NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
    manifest_sha256 text CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    -- The sum of the manifest that was found whole at the destination, and when.
    verified_sha256 text,
    verified_at     timestamptz,
    released_by     text,
    released_at     timestamptz,
    link_expires_at timestamptz,
    retention_until date,
    received_by     text,
    received_at     timestamptz,
    state_reason    text NOT NULL DEFAULT '',
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    FOREIGN KEY (project_id, lab_id) REFERENCES project (id, lab_id),
    FOREIGN KEY (submission_id, project_id, lab_id) REFERENCES submission (id, project_id, lab_id),
    CONSTRAINT delivery_manifest_of_files CHECK ((manifest_sha256 IS NULL) = (file_count = 0)),
    CONSTRAINT delivery_verified_as_manifest CHECK (state NOT IN ('verified', 'released', 'received', 'expired')
        OR (verified_sha256 IS NOT NULL AND verified_sha256 = manifest_sha256)),
    CONSTRAINT delivery_released_by_somebody CHECK (state NOT IN ('released', 'received', 'expired')
        OR (released_by <> '' AND released_at IS NOT NULL AND link_expires_at > released_at)),
    CONSTRAINT delivery_received_by_somebody CHECK ((state <> 'received' OR received_at IS NOT NULL)
        AND (received_at IS NULL) = (received_by IS NULL)),
    CONSTRAINT delivery_retracted_with_reason CHECK (state <> 'retracted' OR state_reason <> ''),
    CHECK ((verified_sha256 IS NULL) = (verified_at IS NULL))
);
CREATE INDEX delivery_updated_sort ON delivery (updated_at, id);
CREATE INDEX delivery_code_sort ON delivery (code, id);
CREATE INDEX delivery_lab ON delivery (lab_id, updated_at, id);
CREATE INDEX delivery_submission ON delivery (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX delivery_expiring ON delivery (link_expires_at) WHERE state = 'released';

CREATE TABLE delivery_item (
    delivery_id uuid NOT NULL REFERENCES delivery,
    sample_id   uuid NOT NULL REFERENCES sample,
    -- The work on the sample went back: this delivery opens no gate any more.
    superseded_at timestamptz,
    PRIMARY KEY (delivery_id, sample_id)
);
CREATE INDEX delivery_item_sample ON delivery_item (sample_id, delivery_id);

CREATE TABLE delivery_file (
    id          uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES delivery,
    path        text COLLATE "C" NOT NULL CHECK (path <> '' AND path !~ '(^/|\\|(^|/)\.\.(/|$)|[[:cntrl:]])'),
    size_bytes  bigint CHECK (size_bytes >= 0),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    sample_id   uuid,
    CONSTRAINT delivery_file_path UNIQUE (delivery_id, path),
    FOREIGN KEY (delivery_id, sample_id) REFERENCES delivery_item (delivery_id, sample_id)
);
CREATE INDEX delivery_file_sort ON delivery_file (delivery_id, path, id);

-- What was found at the destination, each time somebody looked.
CREATE TABLE delivery_verification (
    id              uuid PRIMARY KEY,
    delivery_id     uuid NOT NULL REFERENCES delivery,
    manifest_sha256 text NOT NULL,
    place           text NOT NULL,
    file_count      integer NOT NULL CHECK (file_count >= 0),
    whole           boolean NOT NULL,
    differences     json NOT NULL,
    difference_count integer NOT NULL CHECK ((difference_count = 0) = whole),
    verified_by     text NOT NULL,
    verified_at     timestamptz NOT NULL
);
CREATE INDEX delivery_verification_sort ON delivery_verification (delivery_id, verified_at, id);
CREATE TRIGGER verification_never_changes BEFORE UPDATE OR DELETE ON delivery_verification
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What is on its way has the files that it has: only what is prepared still can get others.
CREATE FUNCTION refuse_file_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT d.state FROM delivery d WHERE d.id = coalesce(NEW.delivery_id, OLD.delivery_id)) <> 'prepared' THEN
        RAISE EXCEPTION 'the manifest of a delivery that is on its way stays as it is: % is refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER file_of_prepared BEFORE INSERT OR UPDATE OR DELETE ON delivery_file
    FOR EACH ROW EXECUTE FUNCTION refuse_file_change();
