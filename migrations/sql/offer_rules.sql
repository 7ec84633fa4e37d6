-- Who may be given an offer: rules that must hold (eligibility), rules that must not (exclusions), and customers by name.
-- An offer may stand for the best product of a category. What visitors did is found by their id, and grants that may
-- expire by their state.

ALTER TABLE offers ADD COLUMN category_id BIGINT;
ALTER TABLE offers ADD CONSTRAINT fk_offers_category_id FOREIGN KEY (category_id) REFERENCES categories (id);
ALTER TABLE offers ADD CONSTRAINT ck_offers_product_or_category CHECK (product_id IS NULL OR category_id IS NULL);
ALTER TABLE offers ADD CONSTRAINT ck_offers_category_of_core CHECK (category_id IS NULL OR kind = 'CORE');
CREATE INDEX ix_offers_product_id_id ON offers (product_id, id);
CREATE INDEX ix_offers_category_id_id ON offers (category_id, id);
CREATE INDEX ix_offers_valid_to_id ON offers (valid_to, id);

CREATE TABLE offer_rules (
    offer_id BIGINT NOT NULL,
    excludes BOOLEAN NOT NULL,
    position SMALLINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    among TEXT[] COLLATE "C" DEFAULT '{}' NOT NULL,
    min_age INTEGER,
    max_age INTEGER,
    attribute TEXT COLLATE "C",
    product_id BIGINT,
    category_id BIGINT,
    CONSTRAINT pk_offer_rules PRIMARY KEY (offer_id, excludes, position),
    CONSTRAINT ck_offer_rules_kind_known CHECK (kind IN (
        'CUSTOMER_KIND', 'LIFECYCLE_STAGE', 'REGION', 'AGE', 'ATTRIBUTE', 'BOUGHT_PRODUCT', 'BOUGHT_CATEGORY')),
    CONSTRAINT ck_offer_rules_whole CHECK (
        (kind IN ('CUSTOMER_KIND', 'LIFECYCLE_STAGE', 'REGION', 'ATTRIBUTE')) = (cardinality(among) > 0)
        AND (kind = 'AGE') = (num_nonnulls(min_age, max_age) > 0)
        AND (kind = 'ATTRIBUTE') = (attribute IS NOT NULL)
        AND (kind = 'BOUGHT_PRODUCT') = (product_id IS NOT NULL)
        AND (kind = 'BOUGHT_CATEGORY') = (category_id IS NOT NULL)),
    CONSTRAINT fk_offer_rules_offer_id FOREIGN KEY (offer_id) REFERENCES offers (id) ON DELETE CASCADE,
    CONSTRAINT fk_offer_rules_attribute FOREIGN KEY (attribute) REFERENCES customer_attributes (name),
    CONSTRAINT fk_offer_rules_product_id FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT fk_offer_rules_category_id FOREIGN KEY (category_id) REFERENCES categories (id)
);

CREATE TABLE offer_excluded_customers (
    offer_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    CONSTRAINT pk_offer_excluded_customers PRIMARY KEY (offer_id, customer_id),
    CONSTRAINT fk_offer_excluded_customers_offer_id FOREIGN KEY (offer_id) REFERENCES offers (id) ON DELETE CASCADE,
    CONSTRAINT fk_offer_excluded_customers_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX ix_offer_excluded_customers_customer_id ON offer_excluded_customers (customer_id);

CREATE INDEX ix_touchpoints_visitor ON touchpoints (visitor_id, occurred_at) WHERE visitor_id IS NOT NULL;
CREATE INDEX ix_offer_grants_open ON offer_grants (offer_id, id)
    WHERE state IN ('PROPOSED', 'DELIVERED', 'VIEWED', 'ACCEPTED');
