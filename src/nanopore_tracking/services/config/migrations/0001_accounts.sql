-- Accounts, one-time links, sessions, API tokens, failed attempts. Of every secret only a hash is kept.

CREATE TABLE account (
    id              uuid PRIMARY KEY,
    username        text NOT NULL CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$'),
    name            text NOT NULL CHECK (name <> ''),
    email           text NOT NULL,
    roles           text[] NOT NULL
        CHECK (roles <@ '{submitter,technician,facility_manager,auditor,admin,viewer}'),
    lab_ids         uuid[] NOT NULL,
    active          boolean NOT NULL DEFAULT true,
    password_hash   text CHECK (password_hash LIKE '$argon2id$%'),
    last_sign_in_at timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1
);
-- Large and small letters are the same in a username.
CREATE UNIQUE INDEX account_username ON account (lower(username));
CREATE INDEX account_username_sort ON account (lower(username), id);
CREATE INDEX account_name_sort ON account (name, id);
CREATE INDEX account_created_sort ON account (created_at, id);
CREATE INDEX account_updated_sort ON account (updated_at, id);

-- The one link that an account has at most; it is removed when it is used, and replaced by a newer one.
CREATE TABLE sign_in_link (
    account_id uuid PRIMARY KEY REFERENCES account,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);

CREATE TABLE session (
    id               uuid PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES account,
    token_hash       bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    means            text NOT NULL CHECK (means IN ('password', 'link')),
    may_set_password boolean NOT NULL,
    address          text NOT NULL,
    client           text NOT NULL,
    opened_at        timestamptz NOT NULL,
    last_used_at     timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL CHECK (ends_at > opened_at),
    closed_at        timestamptz,
    CHECK (NOT may_set_password OR means = 'link')
);
CREATE INDEX session_open ON session (account_id) WHERE closed_at IS NULL;
CREATE INDEX session_opened_sort ON session (opened_at, id);
CREATE INDEX session_address ON session (account_id, address, opened_at);

CREATE TABLE api_token (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES account,
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    name         text NOT NULL CHECK (name <> ''),
    roles        text[] NOT NULL,
    lab_ids      uuid[] NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT at_most_a_year CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days')
);
CREATE INDEX api_token_account ON api_token (account_id);
CREATE INDEX api_token_created_sort ON api_token (created_at, id);

-- Keys are hashes: what is typed as a username may be a password in the wrong field.
CREATE TABLE attempt (
    key           bytea PRIMARY KEY CHECK (length(key) = 32),
    failures      integer NOT NULL CHECK (failures >= 0),
    last_at       timestamptz NOT NULL,
    blocked_until timestamptz
);
CREATE INDEX attempt_last ON attempt (last_at);
