-- The history of customers: field, old, new, who, when, for every change of their fields and parts, whoever writes.
-- What comes in the transaction that makes a customer (its version is 1 only there) is no change: imports pay nothing.
-- An erasure, which says so by the setting dangol.erasing, must not write down what it takes away.
-- The triggers' names sort after feed_*: the version has risen when they fire.

CREATE FUNCTION opaque_id(type text, key bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(convert_to(type || ':' || key, 'UTF8'), 'base64')
$$;

CREATE FUNCTION customer_history_updated() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    IF current_setting('dangol.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    INSERT INTO customer_history (customer_id, field, old_value, new_value, personal, origin)
    SELECT n.id, changed.field, changed.was, changed.becomes, changed.personal, change_origin()
    FROM new_rows n JOIN old_rows o USING (id)
    CROSS JOIN LATERAL (VALUES
        ('kind', o.kind, n.kind, 'NONE'),
        ('name', o.name, n.name, 'BASIC'),
        ('latinName', o.latin_name, n.latin_name, 'BASIC'),
        ('birthOn', o.birth_on::text, n.birth_on::text, 'BASIC'),
        ('gender', o.gender, n.gender, 'BASIC'),
        ('occupation', o.occupation, n.occupation, 'BASIC'),
        ('wealthBand', o.wealth_band, n.wealth_band, 'BASIC'),
        ('country', o.country, n.country, 'BASIC'),
        ('region', o.region, n.region, 'BASIC'),
        ('district', o.district, n.district, 'BASIC'),
        ('homeBranchId', opaque_id('Branch', o.home_branch_id), opaque_id('Branch', n.home_branch_id), 'NONE'),
        ('ownerId', opaque_id('User', o.owner_id), opaque_id('User', n.owner_id), 'NONE'),
        ('acquiredChannel', o.acquired_channel, n.acquired_channel, 'NONE'),
        ('joinedOn', o.joined_on::text, n.joined_on::text, 'NONE')
    ) AS changed (field, was, becomes, personal)
    WHERE n.version > 1
      AND (o.kind, o.name, o.latin_name, o.birth_on, o.gender, o.occupation, o.wealth_band, o.country, o.region,
           o.district, o.home_branch_id, o.owner_id, o.acquired_channel, o.joined_on)
          IS DISTINCT FROM
          (n.kind, n.name, n.latin_name, n.birth_on, n.gender, n.occupation, n.wealth_band, n.country, n.region,
           n.district, n.home_branch_id, n.owner_id, n.acquired_channel, n.joined_on)
      AND changed.was IS DISTINCT FROM changed.becomes
    ORDER BY n.id;
    RETURN NULL;
END $$;

-- AFTER INSERT, UPDATE or DELETE, each statement on a part of customers. TG_ARGV: SQL over the row `p` for what tells
-- it apart, the field, the value (null where there is none) and how personal it is. A part that moves to another
-- customer is new there and not gone here.
CREATE FUNCTION customer_history_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := format('SELECT p.customer_id, %s AS key, %s AS field, %s AS value, %s AS personal FROM ',
                        TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]);
    nothing text := format('%I p WHERE false', TG_TABLE_NAME);
BEGIN
    IF current_setting('dangol.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    EXECUTE format(
        'INSERT INTO customer_history (customer_id, field, old_value, new_value, personal, origin)'
        ' SELECT c.id, coalesce(n.field, o.field), CASE WHEN o.customer_id = c.id THEN o.value END, n.value,'
        '        coalesce(n.personal, o.personal), change_origin()'
        ' FROM (%s) o FULL JOIN (%s) n ON n.key = o.key AND n.field = o.field'
        ' JOIN customers c ON c.id = coalesce(n.customer_id, o.customer_id)'
        ' WHERE (c.version > 1 OR c.changed_xid <> pg_current_xact_id()) AND (n.value IS DISTINCT FROM o.value OR n.customer_id <> o.customer_id)'
        ' ORDER BY 1, 2',
        told || CASE TG_OP WHEN 'INSERT' THEN nothing ELSE 'old_rows p' END,
        told || CASE TG_OP WHEN 'DELETE' THEN nothing ELSE 'new_rows p' END);
    RETURN NULL;
END $$;

CREATE FUNCTION follow_customer_part(part regclass, key text, field text, value text, personal text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    told text := format('customer_history_part(%L, %L, %L, %L)', key, field, value, personal);
BEGIN
    EXECUTE format('CREATE TRIGGER history_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s', part, told);
    EXECUTE format('CREATE TRIGGER history_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s', part, told);
    EXECUTE format('CREATE TRIGGER history_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %s', part, told);
END $$;

CREATE TRIGGER history_updated AFTER UPDATE ON customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customer_history_updated();

SELECT follow_customer_part(
    'contact_points', 'p.id', $f$'contactPoints.' || p.kind$f$,
    $v$p.value || coalesce(' (' || nullif(concat_ws(', ', CASE WHEN p.verified THEN 'verified' END,
       CASE WHEN p.preferred THEN 'preferred' END), '') || ')', '')$v$,
    $p$'CONTACT'$p$);
SELECT follow_customer_part(
    'customer_external_ids', 'p.external_id', $f$'externalIds.' || p.system$f$, 'p.external_id', $p$'UNIQUE'$p$);
SELECT follow_customer_part(
    'customer_attribute_values', 'p.customer_id', $f$'attributes.' || p.attribute$f$,
    'coalesce(p.text_value, trim_scale(p.number_value)::text, p.boolean_value::text, p.date_value::text)',
    '(SELECT a.personal FROM customer_attributes a WHERE a.name = p.attribute)');
SELECT follow_customer_part(
    'household_members', 'p.id', $f$'household'$f$,
    'CASE WHEN p.until_on IS NULL THEN (SELECT h.name FROM households h WHERE h.id = p.household_id) END',
    $p$'BASIC'$p$);
