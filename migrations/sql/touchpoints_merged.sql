-- A touchpoint is what happened: it is neither changed nor deleted, whoever asks. Three exceptions: a visitor who turns
-- out to be a customer is attached once; what belongs to a customer that was merged into another moves to that one; and
-- an erasure, which says so by the setting dangol.erasing, removes the person.

CREATE OR REPLACE FUNCTION touchpoints_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    identified touchpoints := OLD;
BEGIN
    IF current_setting('dangol.erasing', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.customer_id IS NULL OR customer_merged(OLD.customer_id, NEW.customer_id) THEN
            identified.customer_id := NEW.customer_id;
        END IF;
        IF NEW IS NOT DISTINCT FROM identified THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'touchpoint % is append only: only a missing customer may be filled in', OLD.id
        USING ERRCODE = '23514';
END $$;
