-- Saved views: how a person wants to see a list, for themselves or shared with the facility.

CREATE TABLE saved_view (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    list       text NOT NULL CHECK (list IN ('samples')),
    name       text NOT NULL CHECK (name <> ''),
    shared     boolean NOT NULL,
    filters    jsonb NOT NULL CHECK (jsonb_typeof(filters) = 'object'),
    sort       text NOT NULL,
    columns    text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL DEFAULT 1
);
-- Nobody has two views of one name; large and small letters are the same.
CREATE UNIQUE INDEX saved_view_name ON saved_view (account_id, list, lower(name));
CREATE INDEX saved_view_name_sort ON saved_view (lower(name), id);

-- The view that a person's list begins with; it may be one that somebody else shares.
CREATE TABLE default_view (
    account_id uuid NOT NULL REFERENCES account,
    list       text NOT NULL,
    view_id    uuid NOT NULL REFERENCES saved_view ON DELETE CASCADE,
    PRIMARY KEY (account_id, list)
);
CREATE INDEX default_view_of ON default_view (view_id);
