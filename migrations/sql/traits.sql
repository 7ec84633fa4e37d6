-- Dated traits: the past keeps the traits it had, whoever changes a customer or moves a product.
-- The first version is valid from the year 1, so that every fact finds one.

CREATE FUNCTION customer_versions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_versions (customer_id, valid_from, country, region, district, gender, occupation, wealth_band)
    SELECT id, '0001-01-01 00:00:00+00', country, region, district, gender, occupation, wealth_band
    FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

-- Two changes in one transaction are one version: the second changes the one that the first opened, or that the
-- insert opened (a root has version 1 only in the transaction that made it). An open version that starts later than
-- this transaction, because its writer began later and was faster, is changed in place too: a period cannot be empty.
CREATE FUNCTION customer_versions_updated() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    moved bigint[];
BEGIN
    SELECT array_agg(n.id) INTO moved FROM new_rows n JOIN old_rows o USING (id)
    WHERE (n.country, n.region, n.district, n.gender, n.occupation, n.wealth_band)
        IS DISTINCT FROM (o.country, o.region, o.district, o.gender, o.occupation, o.wealth_band);
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE customer_versions v
    SET country = c.country, region = c.region, district = c.district, gender = c.gender,
        occupation = c.occupation, wealth_band = c.wealth_band
    FROM customers c
    WHERE c.id = v.customer_id AND c.id = ANY(moved) AND v.customer_id = ANY(moved)
      AND v.valid_to IS NULL AND (v.valid_from >= now() OR c.version = 1);
    UPDATE customer_versions v SET valid_to = now()
    FROM customers c
    WHERE c.id = v.customer_id AND c.id = ANY(moved) AND v.customer_id = ANY(moved)
      AND v.valid_to IS NULL AND v.valid_from < now() AND c.version > 1;
    INSERT INTO customer_versions (customer_id, valid_from, country, region, district, gender, occupation, wealth_band)
    SELECT c.id, now(), c.country, c.region, c.district, c.gender, c.occupation, c.wealth_band
    FROM customers c
    WHERE c.id = ANY(moved)
      AND NOT EXISTS (SELECT FROM customer_versions v
                      WHERE v.customer_id = ANY(moved) AND v.customer_id = c.id AND v.valid_to IS NULL)
    ORDER BY c.id;
    RETURN NULL;
END $$;

CREATE FUNCTION product_versions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO product_versions (product_id, valid_from, category_id)
    SELECT id, '0001-01-01 00:00:00+00', category_id FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION product_versions_updated() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    moved bigint[];
BEGIN
    SELECT array_agg(n.id) INTO moved FROM new_rows n JOIN old_rows o USING (id)
    WHERE n.category_id IS DISTINCT FROM o.category_id;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE product_versions v SET category_id = p.category_id
    FROM products p
    WHERE p.id = v.product_id AND p.id = ANY(moved) AND v.product_id = ANY(moved)
      AND v.valid_to IS NULL AND (v.valid_from >= now() OR p.version = 1);
    UPDATE product_versions v SET valid_to = now()
    FROM products p
    WHERE p.id = v.product_id AND p.id = ANY(moved) AND v.product_id = ANY(moved)
      AND v.valid_to IS NULL AND v.valid_from < now() AND p.version > 1;
    INSERT INTO product_versions (product_id, valid_from, category_id)
    SELECT p.id, now(), p.category_id
    FROM products p
    WHERE p.id = ANY(moved)
      AND NOT EXISTS (SELECT FROM product_versions v
                      WHERE v.product_id = ANY(moved) AND v.product_id = p.id AND v.valid_to IS NULL)
    ORDER BY p.id;
    RETURN NULL;
END $$;

CREATE TRIGGER traits_inserted AFTER INSERT ON customers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customer_versions_inserted();
CREATE TRIGGER traits_updated AFTER UPDATE ON customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customer_versions_updated();
CREATE TRIGGER traits_inserted AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION product_versions_inserted();
CREATE TRIGGER traits_updated AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION product_versions_updated();
