"""A person of whom every table that can holds something, each value with a mark; and a neighbour with none."""

MARK = "canary"

PERSON = """
INSERT INTO branches (id, code, name, kind) VALUES (1, 'GN', '강남점', 'SHOP');
INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', '김상담', 'AGENT');
INSERT INTO customers (id, name, latin_name, birth_on, gender, occupation, wealth_band, country, region, district,
                       owner_id, home_branch_id) VALUES
    (1, 'canary-김단골', 'canary-Kim', '1970-02-03', 'FEMALE', 'canary-job', 'canary-band', 'canary-KR',
     'canary-서울', 'canary-구', 1, 1),
    (2, '이이웃', 'Lee', '1980-01-01', 'MALE', 'cook', 'B', 'KR', '부산', '구', 1, 1);
INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES
    ('erp', 'canary-C-1', 1), ('shop', 'canary-W-1', 1), ('erp', 'C-2', 2);
INSERT INTO contact_points (customer_id, position, kind, value) VALUES
    (1, 1, 'EMAIL', 'canary@example.com'), (1, 2, 'PHONE', '+82-canary'), (2, 1, 'EMAIL', 'lee@example.com');
INSERT INTO customer_attributes (name, type, label_en, label_ko) VALUES ('pets', 'TEXT', 'Pets', '반려동물');
INSERT INTO customer_attribute_values (customer_id, attribute, text_value) VALUES
    (1, 'pets', 'canary-cat'), (2, 'pets', 'dog');
INSERT INTO households (id, name) VALUES (1, 'canary-family'), (2, 'shared family');
INSERT INTO household_members (household_id, customer_id, since_on, until_on) VALUES
    (1, 1, '2020-01-01', NULL), (2, 1, '2010-01-01', '2015-01-01'), (2, 2, '2010-01-01', NULL);
INSERT INTO products (id, code, name) VALUES (1, 'TEA', '녹차');
INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id) VALUES
    (1, 'erp', '1', '1', '2026-01-01 00:00:00+00', 'KRW', 1),
    (2, 'erp', '2', '2', '2026-01-01 00:00:00+00', 'KRW', 2);
INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price) VALUES
    (1, 1, 'SALE', 1, 3, 12000), (2, 1, 'SALE', 1, 1, 12000);
INSERT INTO shipments (id, source_system, source_id, order_id, tracking, state, state_at, booked_at) VALUES
    (1, 'scm', '1', 1, 'canary-track', 'SHIPPED', now(), now()), (2, 'scm', '2', 2, 'track', 'SHIPPED', now(), now());
INSERT INTO touchpoints (id, source_system, source_id, customer_id, visitor_id, channel, direction, occurred_at,
                         subject, note, order_id) VALUES
    (1, 'app', '1', 1, 'canary-visitor', 'WEB', 'INBOUND', '2026-01-02 00:00:00+00', 'canary-subject', 'canary-note',
     NULL),
    (2, 'app', '2', NULL, 'canary-visitor', 'WEB', 'INBOUND', '2026-01-02 00:00:00+00', NULL, 'canary-of-order', 1),
    (3, 'app', '3', 2, 'visitor', 'WEB', 'INBOUND', '2026-01-02 00:00:00+00', 'subject', 'note', 1);
INSERT INTO offers (id, code, name, kind, valid_from) VALUES
    (1, 'WELCOME', 'Welcome', 'CORE', '2020-01-01 00:00:00+00');
INSERT INTO offer_grants (id, offer_id, customer_id, granted_at, reason) VALUES
    (1, 1, 1, '2026-01-01 00:00:00+00', 'canary-reason'), (2, 1, 2, '2026-01-01 00:00:00+00', 'reason');
INSERT INTO cases (id, kind, channel, subject, description, customer_id, opened_at, satisfaction, rated_at,
                   satisfaction_comment) VALUES
    (1, 'COMPLAINT', 'WEB', 'canary-case', 'canary-text', 1, '2026-01-01 00:00:00+00', 2, now(), 'canary-comment'),
    (2, 'COMPLAINT', 'WEB', 'case', 'text', 2, '2026-01-01 00:00:00+00', 2, now(), 'comment');
INSERT INTO case_moves (case_id, to_state, moved_at, reason) VALUES
    (1, 'NEW', '2026-01-01 00:00:00+00', 'canary-move'), (2, 'NEW', '2026-01-01 00:00:00+00', 'move');
INSERT INTO opportunities (id, customer_id, name, stage, probability, note, lost_reason, opened_at, closed_at) VALUES
    (1, 1, 'canary-sale', 'LOST', 0, 'canary-note', 'canary-lost', '2026-01-01 00:00:00+00', now()),
    (2, 2, 'sale', 'LOST', 0, 'note', 'lost', '2026-01-01 00:00:00+00', now());
INSERT INTO opportunity_moves (opportunity_id, to_stage, probability, moved_at, reason) VALUES
    (1, 'LOST', 0, '2026-01-01 00:00:00+00', 'canary-move'), (2, 'LOST', 0, '2026-01-01 00:00:00+00', 'move');
INSERT INTO tasks (id, title, note, outcome, customer_id, case_id, source) VALUES
    (1, 'canary-task', 'canary-note', 'canary-outcome', 1, NULL, 'MANUAL'),
    (2, 'canary-of-case', NULL, NULL, NULL, 1, 'CASE'), (3, 'task', 'note', 'outcome', 2, NULL, 'MANUAL');
INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, recency, frequency, monetary, orders) VALUES
    (1, 'default', '2026-01-01', 1, 1, 3, 1, 1, 1), (2, 'default', '2026-01-01', 1, 1, 3, 1, 1, 1);
INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                             p_alive, expected_orders, value) VALUES
    (1, 'KRW', '2026-01-01', 'BG/NBD', 1, 52, 1, 0.1, 3, 0.5, 2, 1000),
    (2, 'KRW', '2026-01-01', 'BG/NBD', 1, 52, 1, 0.1, 3, 0.5, 2, 1000);
INSERT INTO segments (id, name, kind) VALUES (1, 'VIP', 'FIXED');
INSERT INTO segment_members (segment_id, customer_id, entered_at) VALUES
    (1, 1, '2026-01-01 00:00:00+00'), (1, 2, '2026-01-01 00:00:00+00');
INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at, source_system, source_id) VALUES
    (1, 'EARNED', 100, 'canary-points', '2026-01-01 00:00:00+00', 'erp', '1'),
    (2, 'EARNED', 100, 'points', '2026-01-01 00:00:00+00', 'erp', '2');
INSERT INTO consents (customer_id, purpose, given, at, source, evidence) VALUES
    (1, 'MARKETING', true, '2026-01-01 00:00:00+00', 'FORM', 'canary-signed'),
    (2, 'MARKETING', true, '2026-01-01 00:00:00+00', 'FORM', 'signed');
INSERT INTO source_versions (aggregate, system, external_id, number) VALUES
    ('customer', 'erp', 'canary-C-1', 1), ('customer', 'erp', 'C-2', 1);
INSERT INTO idempotency_records (client, key, place, fingerprint, answer, personal) VALUES
    ('user:ann', 'k', 'p', 'f', '{"name":"canary-김단골"}', true);
INSERT INTO subject_exports (id, customer_id, state, asked_by, reason, requested_at) VALUES
    (1, 1, 'READY', 'user:ann', 'asked for by letter', '2026-01-01 00:00:00+00');
INSERT INTO access_log (actor, role, kind, groups, subject_ids, reason) VALUES
    ('user:ann', 'ADMIN', 'READ', ARRAY['CONTACT'], ARRAY[1, 2], NULL);
SELECT setval(oid::regclass, 100) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND relname <> 'customers_id_seq';
SELECT setval('customers_id_seq', 2);
"""

LATER = "UPDATE customers SET region = 'canary-부산' WHERE id = 1"
"""In a transaction of its own, so that it leaves a history."""
