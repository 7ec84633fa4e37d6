-- Events for the cube alone: the star shows something that is no aggregate, or depends on one column of a large one.
-- Nobody outside subscribes to these names. They have no version of their own.
--
-- customer_birth  a date of birth changed: the customer's age at every event of the past is another
-- calendar_day    a holiday came, moved or went; the id is that of the day, yyyymmdd
-- calendar        the fiscal year begins with another month: every day has another place in it

CREATE FUNCTION tell_the_star(what text, which bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    VALUES (what, which, 1, 'UPDATED', change_origin())
$$;

CREATE FUNCTION customer_born() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_the_star('customer_birth', NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER customers_born AFTER UPDATE OF birth_on ON customers
    FOR EACH ROW WHEN (OLD.birth_on IS DISTINCT FROM NEW.birth_on) EXECUTE FUNCTION customer_born();

CREATE FUNCTION holiday_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM tell_the_star('calendar_day', to_char(OLD.day, 'YYYYMMDD')::bigint);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM tell_the_star('calendar_day', to_char(NEW.day, 'YYYYMMDD')::bigint);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER holidays_moved AFTER INSERT OR UPDATE OR DELETE ON holidays
    FOR EACH ROW EXECUTE FUNCTION holiday_moved();

CREATE FUNCTION fiscal_year_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_the_star('calendar', 0);
    RETURN NULL;
END $$;
CREATE TRIGGER fiscal_year_moved AFTER UPDATE OF fiscal_year_month ON company
    FOR EACH ROW WHEN (OLD.fiscal_year_month <> NEW.fiscal_year_month) EXECUTE FUNCTION fiscal_year_moved();
