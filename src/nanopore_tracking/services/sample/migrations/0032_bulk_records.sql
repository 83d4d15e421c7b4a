-- Many samples are received, basecalled and decided about as one job; what is asked of each sample alone stands beside it.
ALTER TABLE bulk_job DROP CONSTRAINT bulk_job_kind_check;
ALTER TABLE bulk_job ADD CONSTRAINT bulk_job_kind_check
    CHECK (kind IN ('move', 'change', 'receive', 'basecall', 'decide', 'edit', 'undo'));
ALTER TABLE bulk_item ADD COLUMN said json;

DROP TRIGGER bulk_item_never_changes ON bulk_item;
CREATE TRIGGER bulk_item_never_changes BEFORE DELETE OR UPDATE OF job_id, place, number, sample_id, said ON bulk_item
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- What was only added to is not taken back: custody events, basecallings, decisions.
CREATE FUNCTION refuse_undo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM bulk_job j WHERE j.id = NEW.undoes AND j.kind IN ('receive', 'basecall', 'decide')) THEN
        RAISE EXCEPTION 'what is only added to cannot be undone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bulk_added_is_not_undone';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER bulk_added_is_not_undone BEFORE INSERT ON bulk_job
    FOR EACH ROW WHEN (NEW.undoes IS NOT NULL) EXECUTE FUNCTION refuse_undo();
