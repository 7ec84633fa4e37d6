-- Roots whose parts were written, and that this transaction has not changed yet, are locked in the order of their ids,
-- then touched. Planned at each call, since the size of a transition table decides the join. Where all of them were
-- changed before, as new ones that get their first parts, no UPDATE is begun: for no row, too, it would call the
-- triggers of the root.
CREATE OR REPLACE FUNCTION touch_roots(root regclass, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    due boolean;
BEGIN
    IF ids IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %1$s WHERE id = ANY($1) AND changed_xid <> pg_current_xact_id())', root)
    INTO due USING ids;
    IF NOT due THEN
        RETURN;
    END IF;
    EXECUTE format(
        'WITH due AS MATERIALIZED ('
        '    SELECT id FROM %1$s WHERE id = ANY($1) AND changed_xid <> pg_current_xact_id()'
        '    ORDER BY id FOR NO KEY UPDATE)'
        ' UPDATE %1$s r SET changed_xid = pg_current_xact_id() FROM due WHERE r.id = due.id', root)
    USING ids;
END $$;
