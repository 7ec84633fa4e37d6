-- A touchpoint is what happened: it is neither changed nor deleted, whoever asks. Two exceptions: a visitor who turns out
-- to be a customer is attached once, and an erasure, which says so by the setting dangol.erasing, removes the person.

CREATE FUNCTION touchpoints_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    identified touchpoints := OLD;
BEGIN
    IF current_setting('dangol.erasing', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        identified.customer_id := coalesce(OLD.customer_id, NEW.customer_id);
        IF NEW IS NOT DISTINCT FROM identified THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'touchpoint % is append only: only a missing customer may be filled in', OLD.id
        USING ERRCODE = '23514';
END $$;

-- Its name sorts before feed_before_update: it sees the row before the feed writes the version.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON touchpoints
    FOR EACH ROW EXECUTE FUNCTION touchpoints_append_only();
