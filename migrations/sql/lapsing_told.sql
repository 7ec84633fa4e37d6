-- An event for the cube alone (see told_to_the_star.sql): lifecycle_rules, whose `lapsed_days` is the silence after which
-- a customer counts as lost, month by month.

CREATE FUNCTION lifecycle_rules_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_the_star('lifecycle_rules', 0);
    RETURN NULL;
END $$;
CREATE TRIGGER lifecycle_rules_moved AFTER INSERT OR UPDATE OR DELETE ON lifecycle_rules
    FOR EACH STATEMENT EXECUTE FUNCTION lifecycle_rules_moved();
