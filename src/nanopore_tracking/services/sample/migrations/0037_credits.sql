-- What was charged is taken back by credits: each names the billing event that it is of, and is only added.
CREATE TABLE billing_credit (
    id               uuid PRIMARY KEY,
    event_id         uuid NOT NULL REFERENCES billing_event,
    lab_id           uuid NOT NULL REFERENCES lab,
    charge_code      text NOT NULL,
    item             text NOT NULL CHECK (item <> ''),
    quantity         integer NOT NULL CHECK (quantity > 0),
    unit_price_cents bigint CHECK (unit_price_cents >= 0),
    currency         text NOT NULL,
    price_version    integer,
    reason           text NOT NULL CHECK (reason <> ''),
    credited_by      text NOT NULL CHECK (credited_by <> ''),
    credited_at      timestamptz NOT NULL
);
CREATE INDEX billing_credit_of_lab ON billing_credit (lab_id, credited_at, id);
CREATE INDEX billing_credit_of_event ON billing_credit (event_id);
CREATE TRIGGER billing_credit_never_changes BEFORE UPDATE OR DELETE ON billing_credit
    FOR EACH ROW EXECUTE FUNCTION refuse_history_change();

-- A credit says what its billing event says, and all credits of one are never more than was charged.
CREATE FUNCTION credit_what_was_charged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE charged billing_event;
BEGIN
    SELECT * INTO charged FROM billing_event b WHERE b.id = NEW.event_id FOR UPDATE;
    IF (NEW.lab_id, NEW.charge_code, NEW.item, NEW.currency) <> (charged.lab_id, charged.charge_code, charged.item,
            charged.currency)
        OR (NEW.unit_price_cents, NEW.price_version) IS DISTINCT FROM (charged.unit_price_cents, charged.price_version)
    THEN
        RAISE EXCEPTION 'a credit says what was charged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_says_what_was_charged';
    END IF;
    IF NEW.quantity + (SELECT coalesce(sum(c.quantity), 0) FROM billing_credit c WHERE c.event_id = NEW.event_id)
        > charged.quantity
    THEN
        RAISE EXCEPTION 'more than was charged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_never_more_than_charged';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER billing_credit_of_what_was_charged BEFORE INSERT ON billing_credit
    FOR EACH ROW EXECUTE FUNCTION credit_what_was_charged();
