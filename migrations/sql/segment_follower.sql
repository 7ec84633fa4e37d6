-- How far memberships in segments follow the feed, and whose rule is to be asked of all customers.
--
-- customer_left  an event for who follows what customers do: an order is this customer's no more. Whose it was is told
--                by nothing else, since events hold no values. Touchpoints never leave anybody.

CREATE TABLE segment_positions (
    name TEXT COLLATE "C" NOT NULL,
    epoch INTEGER NOT NULL,
    xid BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    CONSTRAINT pk_segment_positions PRIMARY KEY (name)
);

CREATE TABLE segments_due (
    segment_id BIGINT NOT NULL,
    CONSTRAINT pk_segments_due PRIMARY KEY (segment_id),
    CONSTRAINT fk_segments_due_segment_id FOREIGN KEY (segment_id) REFERENCES segments (id) ON DELETE CASCADE
);

CREATE FUNCTION customer_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (aggregate, aggregate_id, version, operation, origin)
    VALUES ('customer_left', OLD.customer_id, 1, 'UPDATED', change_origin());
    RETURN NULL;
END $$;

CREATE TRIGGER customer_left AFTER UPDATE OF customer_id ON orders FOR EACH ROW
    WHEN (OLD.customer_id IS NOT NULL AND NEW.customer_id IS DISTINCT FROM OLD.customer_id)
    EXECUTE FUNCTION customer_left();
CREATE TRIGGER customer_left_by_deleting AFTER DELETE ON orders FOR EACH ROW
    WHEN (OLD.customer_id IS NOT NULL) EXECUTE FUNCTION customer_left();
