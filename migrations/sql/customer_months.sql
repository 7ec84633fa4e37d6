-- Events for the cube alone (see told_to_the_star.sql).
--
-- segment_member  somebody entered or left a segment; the id is the membership's
-- rfm_scheme      the company is shown another scheme of RFM

CREATE FUNCTION members_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    SELECT 'segment_member', id, 1, 'UPDATED', change_origin() FROM moved_rows ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER members_inserted AFTER INSERT ON segment_members REFERENCING NEW TABLE AS moved_rows
    FOR EACH STATEMENT EXECUTE FUNCTION members_moved();
CREATE TRIGGER members_updated AFTER UPDATE ON segment_members REFERENCING NEW TABLE AS moved_rows
    FOR EACH STATEMENT EXECUTE FUNCTION members_moved();
CREATE TRIGGER members_deleted AFTER DELETE ON segment_members REFERENCING OLD TABLE AS moved_rows
    FOR EACH STATEMENT EXECUTE FUNCTION members_moved();

CREATE FUNCTION rfm_scheme_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_the_star('rfm_scheme', 0);
    RETURN NULL;
END $$;
CREATE TRIGGER rfm_scheme_moved AFTER UPDATE OF rfm_scheme ON company
    FOR EACH ROW WHEN (OLD.rfm_scheme <> NEW.rfm_scheme) EXECUTE FUNCTION rfm_scheme_moved();
