-- A customer has one score of a scheme on a day, whoever writes it: of two the cube would count his facts twice. The
-- neighbours of each row that is written are looked up in the unique index, one on each side. (An exclusion constraint
-- says the same with an extension that not every server has, and with an index of its own to be kept.)

CREATE FUNCTION rfm_scores_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    twice record;
BEGIN
    SELECT n.customer_id, n.scheme, greatest(n.valid_from, near.valid_from) AS day INTO twice
    FROM new_rows n
    CROSS JOIN LATERAL (
        (SELECT s.valid_from, s.valid_to FROM rfm_scores s
         WHERE s.customer_id = n.customer_id AND s.scheme = n.scheme AND s.valid_from < n.valid_from
         ORDER BY s.valid_from DESC LIMIT 1)
        UNION ALL
        (SELECT s.valid_from, s.valid_to FROM rfm_scores s
         WHERE s.customer_id = n.customer_id AND s.scheme = n.scheme AND s.valid_from > n.valid_from
         ORDER BY s.valid_from LIMIT 1)
    ) near
    WHERE near.valid_from < coalesce(n.valid_to, 'infinity') AND n.valid_from < coalesce(near.valid_to, 'infinity')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'customer % would have two scores of the scheme % on %', twice.customer_id, twice.scheme, twice.day
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER apart_inserted AFTER INSERT ON rfm_scores REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rfm_scores_apart();
CREATE TRIGGER apart_updated AFTER UPDATE ON rfm_scores REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rfm_scores_apart();
