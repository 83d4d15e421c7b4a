-- A loading is a planned run and its load, a delivery is a delivery: no record of either is made any more. Those that
-- were made stay, and open the gates of their samples until a run is planned or a delivery is prepared.
CREATE FUNCTION refuse_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a record of the kind % is not made any more', NEW.kind USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER loading_and_delivery_are_no_records BEFORE INSERT ON stage_record
    FOR EACH ROW WHEN (NEW.kind IN ('loading', 'delivery')) EXECUTE FUNCTION refuse_record();
