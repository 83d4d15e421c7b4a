-- PINs: with one a person goes on at a shared tablet on which they signed in fully before. Of every secret only a hash.

CREATE TABLE pin (
    account_id uuid PRIMARY KEY REFERENCES account,
    pin_hash   text NOT NULL CHECK (pin_hash LIKE '$argon2id$%'),
    set_at     timestamptz NOT NULL
);

-- A tablet that people share: the browser that holds the token.
CREATE TABLE device (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    shared_by  uuid NOT NULL REFERENCES account,
    shared_at  timestamptz NOT NULL
);

-- Who signed in fully on a tablet, and when last; wrong PINs since then.
CREATE TABLE device_person (
    device_id    uuid NOT NULL REFERENCES device,
    account_id   uuid NOT NULL REFERENCES account,
    signed_in_at timestamptz NOT NULL,
    failures     integer NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND 5),
    PRIMARY KEY (device_id, account_id)
);
CREATE INDEX device_person_account ON device_person (account_id);
CREATE INDEX device_person_signed_in ON device_person (signed_in_at);

-- What a PIN opened is good on its tablet only.
ALTER TABLE session DROP CONSTRAINT session_means_check;
ALTER TABLE session ADD CONSTRAINT session_means_check CHECK (means IN ('password', 'link', 'pin'));
ALTER TABLE session ADD COLUMN device_id uuid REFERENCES device;
ALTER TABLE session ADD CONSTRAINT session_of_pin CHECK ((means = 'pin') = (device_id IS NOT NULL));
CREATE INDEX session_device ON session (device_id);
