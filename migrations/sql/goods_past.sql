-- What products, categories, payments and shipments have been, and what lies in what: written by triggers, whoever
-- changes them.

-- AFTER INSERT or UPDATE, each statement on a root whose values are dated. TG_ARGV: the table of periods, its column
-- that names the root, the dated columns. The rules are those of the dated traits (traits.sql): the first period is
-- valid from the year 1, two changes in one transaction are one, and no period is empty.
CREATE FUNCTION dated_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO %1$I (%2$I, valid_from, %3$s) SELECT id, ''0001-01-01 00:00:00+00'', %3$s FROM new_rows ORDER BY id',
        TG_ARGV[0], TG_ARGV[1], array_to_string(TG_ARGV[2:], ', '));
    RETURN NULL;
END $$;

CREATE FUNCTION dated_updated() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    dated text[] := TG_ARGV[2:];
    changed bigint[];
BEGIN
    EXECUTE format(
        'SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o USING (id) WHERE (n.%1$s) IS DISTINCT FROM (o.%2$s)',
        array_to_string(dated, ', n.'), array_to_string(dated, ', o.')) INTO changed;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format(
        'UPDATE %1$I v SET (%3$s) = ROW (r.%4$s) FROM %5$s r'
        ' WHERE r.id = v.%2$I AND r.id = ANY($1) AND v.%2$I = ANY($1)'
        '   AND v.valid_to IS NULL AND (v.valid_from >= now() OR r.version = 1)',
        TG_ARGV[0], TG_ARGV[1], array_to_string(dated, ', '), array_to_string(dated, ', r.'), TG_RELID::regclass)
    USING changed;
    EXECUTE format(
        'UPDATE %1$I v SET valid_to = now() FROM %3$s r'
        ' WHERE r.id = v.%2$I AND r.id = ANY($1) AND v.%2$I = ANY($1)'
        '   AND v.valid_to IS NULL AND v.valid_from < now() AND r.version > 1',
        TG_ARGV[0], TG_ARGV[1], TG_RELID::regclass)
    USING changed;
    EXECUTE format(
        'INSERT INTO %1$I (%2$I, valid_from, %3$s) SELECT r.id, now(), r.%4$s FROM %5$s r'
        ' WHERE r.id = ANY($1) AND NOT EXISTS (SELECT FROM %1$I v'
        '   WHERE v.%2$I = ANY($1) AND v.%2$I = r.id AND v.valid_to IS NULL)'
        ' ORDER BY r.id',
        TG_ARGV[0], TG_ARGV[1], array_to_string(dated, ', '), array_to_string(dated, ', r.'), TG_RELID::regclass)
    USING changed;
    RETURN NULL;
END $$;

CREATE TRIGGER prices_inserted AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION dated_inserted('product_prices', 'product_id', 'list_price', 'unit_cost', 'currency');
CREATE TRIGGER prices_updated AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION dated_updated('product_prices', 'product_id', 'list_price', 'unit_cost', 'currency');
CREATE TRIGGER dated_inserted AFTER INSERT ON categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION dated_inserted('category_versions', 'category_id', 'parent_id', 'name', 'english_name');
CREATE TRIGGER dated_updated AFTER UPDATE ON categories REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION dated_updated('category_versions', 'category_id', 'parent_id', 'name', 'english_name');

-- AFTER UPDATE, each statement on products: one row for each value that was changed. TG_ARGV: the columns.
CREATE FUNCTION product_changed() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    INSERT INTO product_changes (product_id, field, old, new, changed_at, origin)
    SELECT n.id, f.field, o.was ->> f.field, n.becomes ->> f.field, now(), change_origin()
    FROM (SELECT id, to_jsonb(r) AS becomes FROM new_rows r) n
    JOIN (SELECT id, to_jsonb(r) AS was FROM old_rows r) o USING (id)
    CROSS JOIN LATERAL unnest(TG_ARGV) WITH ORDINALITY AS f (field, place)
    WHERE o.was -> f.field IS DISTINCT FROM n.becomes -> f.field
    ORDER BY n.id, f.place;
    RETURN NULL;
END $$;

CREATE TRIGGER past_updated AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION product_changed(
        'name', 'english_name', 'category_id', 'list_price', 'unit_cost', 'currency', 'active');

-- AFTER INSERT or UPDATE, each statement on categories: the paths of the new ones, or of all that lies below those
-- that moved, are written anew. A circle would go on for ever: a way that meets a category twice is refused.
CREATE FUNCTION category_paths_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    due bigint[];
    circle bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO due FROM new_rows;
    ELSE
        SELECT array_agg(DISTINCT p.category_id) INTO due
        FROM new_rows n JOIN old_rows o USING (id) JOIN category_paths p ON p.ancestor_id = n.id
        WHERE n.parent_id IS DISTINCT FROM o.parent_id;
    END IF;
    IF due IS NULL THEN
        RETURN NULL;
    END IF;
    DELETE FROM category_paths WHERE category_id = ANY(due);
    WITH RECURSIVE up AS (
        SELECT c.id AS category_id, c.id AS ancestor_id, c.parent_id, 0 AS depth, false AS again
        FROM categories c WHERE c.id = ANY(due)
        UNION ALL
        SELECT up.category_id, c.id, c.parent_id, up.depth + 1, c.id = up.category_id OR up.depth >= 99
        FROM up JOIN categories c ON c.id = up.parent_id WHERE NOT up.again
    ), written AS (
        INSERT INTO category_paths (category_id, ancestor_id, depth)
        SELECT category_id, ancestor_id, depth FROM up WHERE NOT again
    )
    SELECT min(category_id) INTO circle FROM up WHERE again;
    IF circle IS NOT NULL THEN
        RAISE EXCEPTION 'category % would lie below itself, or more than 99 deep', circle USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER paths_inserted AFTER INSERT ON categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION category_paths_written();
CREATE TRIGGER paths_updated AFTER UPDATE ON categories REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION category_paths_written();

-- AFTER INSERT or UPDATE, each statement on payments or shipments: each state that was reached, with its time.
CREATE FUNCTION payment_states_noted() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO payment_states (payment_id, state, amount, reached_at)
        SELECT id, state, amount, state_at FROM new_rows ORDER BY id;
    ELSE
        INSERT INTO payment_states (payment_id, state, amount, reached_at)
        SELECT n.id, CASE WHEN n.refunded_amount > o.refunded_amount THEN 'REFUNDED' ELSE n.state END,
               CASE WHEN n.refunded_amount > o.refunded_amount THEN n.refunded_amount - o.refunded_amount ELSE n.amount END,
               n.state_at
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.state <> o.state OR n.refunded_amount <> o.refunded_amount
        ORDER BY n.id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION shipment_states_noted() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO shipment_states (shipment_id, state, reached_at)
        SELECT id, state, state_at FROM new_rows ORDER BY id;
    ELSE
        INSERT INTO shipment_states (shipment_id, state, reached_at)
        SELECT n.id, n.state, n.state_at FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.state <> o.state ORDER BY n.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER states_inserted AFTER INSERT ON payments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION payment_states_noted();
CREATE TRIGGER states_updated AFTER UPDATE ON payments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION payment_states_noted();
CREATE TRIGGER states_inserted AFTER INSERT ON shipments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shipment_states_noted();
CREATE TRIGGER states_updated AFTER UPDATE ON shipments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shipment_states_noted();
