-- Whether what a submission was read from is known, on the side of the ai service, to belong to it; NULL where it was
-- not read from a document, or is not accepted. note: why it could not be.
ALTER TABLE submission
    ADD COLUMN intake text CHECK (intake IN ('under_way', 'done', 'undone')),
    ADD COLUMN intake_note text NOT NULL DEFAULT '',
    ADD CONSTRAINT intake_of_accepted CHECK (intake IS NULL OR (status = 'accepted' AND extraction_id IS NOT NULL)),
    ADD CONSTRAINT intake_undone_with_reason CHECK (intake IS NULL OR intake <> 'undone' OR intake_note <> '');
