-- The feed of changes and the versions of aggregates, kept by triggers, whoever writes: API, import or a hand in psql.
-- A root's row carries `version` and `changed_xid`. Per transaction and aggregate the version rises by one and one
-- row enters `change`. A transaction older than the last one that changed the aggregate is told to start again
-- (40001): so (xid, id) order is each aggregate's own order.

-- BEFORE UPDATE, each row of a root: an unchanged row is not written; the version rises once per transaction.
CREATE FUNCTION root_before_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine xid8 := pg_current_xact_id();
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NULL;
    END IF;
    IF OLD.changed_xid > mine THEN
        RAISE EXCEPTION '% % was changed by a later transaction', TG_TABLE_NAME, OLD.id USING ERRCODE = '40001';
    END IF;
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
    END IF;
    NEW.created_at := OLD.created_at;
    NEW.changed_xid := mine;
    NEW.version := OLD.version + (OLD.changed_xid <> mine)::int;
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION change_origin() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('dangol.origin', true), ''), 'sql:' || session_user)
$$;

-- AFTER INSERT, UPDATE or DELETE, each statement on a root. TG_ARGV[0] is the aggregate's name.
CREATE FUNCTION root_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows WHERE version <> 1 OR changed_xid <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'version and changed_xid of % are kept by triggers: leave them out', TG_TABLE_NAME
            USING ERRCODE = '23514';
    END IF;
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    SELECT TG_ARGV[0], id, 1, 'CREATED', change_origin() FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

-- A row that this transaction had not changed before carries another's changed_xid in its old image: this statement
-- raised its version. Joining the old to the new images would say the same and took 31 s in a nested loop.
CREATE FUNCTION root_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    SELECT TG_ARGV[0], id, version + 1, 'UPDATED', change_origin()
    FROM old_rows WHERE changed_xid <> pg_current_xact_id() ORDER BY id;
    RETURN NULL;
END $$;

-- The version rises a last time, so that a reader who follows versions sees the end, also of what was changed before
-- in the same transaction.
CREATE FUNCTION root_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM old_rows WHERE changed_xid > pg_current_xact_id()) THEN
        RAISE EXCEPTION '% was changed by a later transaction', TG_TABLE_NAME USING ERRCODE = '40001';
    END IF;
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    SELECT TG_ARGV[0], id, version + 1, 'DELETED', change_origin() FROM old_rows ORDER BY id;
    RETURN NULL;
END $$;

-- AFTER each statement on a part of an aggregate. TG_ARGV: the root's table, the part's column that names it.
-- The roots are touched (touch_roots.sql); the rest is root_before_update's.
CREATE FUNCTION part_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM new_rows', TG_ARGV[1]) INTO ids;
    PERFORM touch_roots(TG_ARGV[0]::regclass, ids);
    RETURN NULL;
END $$;

CREATE FUNCTION part_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM old_rows', TG_ARGV[1]) INTO ids;
    PERFORM touch_roots(TG_ARGV[0]::regclass, ids);
    RETURN NULL;
END $$;

CREATE FUNCTION part_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    EXECUTE format(
        'SELECT array_agg(DISTINCT id) FROM (SELECT %1$I AS id FROM new_rows UNION ALL SELECT %1$I FROM old_rows) t',
        TG_ARGV[1]) INTO ids;
    PERFORM touch_roots(TG_ARGV[0]::regclass, ids);
    RETURN NULL;
END $$;

-- TRUNCATE fires no row or transition trigger, so it would lose changes without a trace.
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % would bypass the feed of changes: use DELETE', TG_TABLE_NAME
        USING ERRCODE = '0A000';
END $$;

CREATE FUNCTION follow_root(root regclass, aggregate text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER feed_before_update BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION root_before_update()', root);
    EXECUTE format('CREATE TRIGGER feed_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION root_inserted(%L)', root, aggregate);
    EXECUTE format('CREATE TRIGGER feed_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION root_updated(%L)', root, aggregate);
    EXECUTE format('CREATE TRIGGER feed_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION root_deleted(%L)', root, aggregate);
    EXECUTE format('CREATE TRIGGER feed_truncated BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', root);
END $$;

CREATE FUNCTION follow_part(part regclass, root regclass, root_column text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER feed_before_update BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', part);
    EXECUTE format('CREATE TRIGGER feed_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION part_inserted(%L, %L)', part, root, root_column);
    EXECUTE format('CREATE TRIGGER feed_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION part_updated(%L, %L)', part, root, root_column);
    EXECUTE format('CREATE TRIGGER feed_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION part_deleted(%L, %L)', part, root, root_column);
    EXECUTE format('CREATE TRIGGER feed_truncated BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()', part);
END $$;

-- Daily partitions of `change`, from today (UTC) on. A day that already has rows in the DEFAULT partition stays there.
CREATE FUNCTION make_change_partitions(days_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    day date;
    made integer := 0;
BEGIN
    FOR day IN SELECT (now() AT TIME ZONE 'UTC')::date + n FROM generate_series(0, days_ahead) n LOOP
        CONTINUE WHEN to_regclass(format('change_%s', to_char(day, 'YYYYMMDD'))) IS NOT NULL;
        CONTINUE WHEN EXISTS (SELECT FROM change_default
                              WHERE at >= day::timestamp AT TIME ZONE 'UTC'
                                AND at < (day + 1)::timestamp AT TIME ZONE 'UTC');
        EXECUTE format('CREATE TABLE change_%s PARTITION OF change FOR VALUES FROM (%L) TO (%L)',
                       to_char(day, 'YYYYMMDD'),
                       to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
