-- What leads a search near a name: grams (search_grams.sql), kept by triggers.

-- Before the feed's own trigger, which asks whether anything has changed: hence the name.
CREATE FUNCTION customer_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sought := search_text(NEW.name, NEW.latin_name);
    NEW.grams := search_grams(NEW.sought, NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER a_grams BEFORE INSERT OR UPDATE OF name, latin_name, sought, grams ON customers
    FOR EACH ROW EXECUTE FUNCTION customer_grams();

CREATE FUNCTION product_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sought := search_text(NEW.name, NEW.code);
    NEW.grams := search_grams(NEW.sought, NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER a_grams BEFORE INSERT OR UPDATE OF name, code, sought, grams ON products
    FOR EACH ROW EXECUTE FUNCTION product_grams();
