-- transaction: off
-- What was done on somebody's behalf is found by them, as what they did.
DROP INDEX CONCURRENTLY IF EXISTS entry_on_behalf;
CREATE INDEX CONCURRENTLY entry_on_behalf ON entry (on_behalf_id, sequence) WHERE on_behalf_id IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS entry_on_behalf_name;
CREATE INDEX CONCURRENTLY entry_on_behalf_name ON entry (lower(on_behalf_name), sequence)
    WHERE on_behalf_name IS NOT NULL;
