-- What people do about a reading: cancel it, let it be done again, choose its pages, open its document.
ALTER TABLE extraction DROP CONSTRAINT extraction_state,
    ADD CONSTRAINT extraction_state CHECK (state IN ('queued', 'reading', 'needs_columns', 'needs_pages',
        'needs_password', 'needs_review', 'read', 'refused', 'cancelled')),
    ADD COLUMN page_count integer CHECK (page_count > 0),
    ADD COLUMN wanted_pages integer[];

-- A copy of a protected file without its password, in the file store; the password itself is kept nowhere.
ALTER TABLE document ADD COLUMN unlocked_sha256 text CHECK (unlocked_sha256 ~ '^[0-9a-f]{64}$');
