-- A small company with what makes reads go wrong: equal names, odd characters, nulls, parents with no, one and many
-- children, orders of nobody, currencies with and without decimals.
INSERT INTO branches (id, code, name, region, kind, opened_on) VALUES
    (1, 'S01', '강남점', '서울', 'SHOP', '2001-02-03'), (2, 'S02', '부산점', '부산', 'SHOP', NULL),
    (3, 'WEB', '온라인', NULL, 'WEB', '2010-01-01');
INSERT INTO users (id, subject, name, email, role) VALUES
    (1, 'kim', '김담당', 'kim@example.com', 'AGENT'), (2, 'lee', '이담당', NULL, 'AGENT'),
    (3, 'park', '박분석', 'park@example.com', 'ANALYST');
INSERT INTO user_branches (user_id, branch_id) VALUES (1, 1), (1, 2), (2, 2);

INSERT INTO customers (id, kind, name, latin_name, birth_on, gender, region, district, home_branch_id, owner_id,
                       acquired_channel, joined_on, created_at)
SELECT i, CASE WHEN i % 5 = 0 THEN 'ORGANISATION' ELSE 'PERSON' END,
       (ARRAY['김하나', '이두리', '김하나', E'O''Neil "the\\slash" \u2028\U0001F600', E'tab\tline\nbell\u0007\u0001end', '박세찬'])[1 + i % 6],
       CASE WHEN i % 2 = 0 THEN 'Kim ' || i END, CASE WHEN i % 3 = 0 THEN date '1970-01-31' + i END,
       (ARRAY['FEMALE', 'MALE', NULL])[1 + i % 3], (ARRAY['서울', '부산', NULL])[1 + i % 3], NULL,
       (ARRAY[1, 2, NULL])[1 + i % 3], (ARRAY[1, 2, NULL, NULL])[1 + i % 4],
       (ARRAY['STORE', 'WEB', NULL])[1 + i % 3], CASE WHEN i % 4 = 0 THEN date '0001-01-01' END,
       timestamptz '2025-12-31 23:59:59.999999+09' + (i / 3) * interval '1 day'
FROM generate_series(1, 14) i;
INSERT INTO customer_external_ids (system, external_id, customer_id)
SELECT s, s || '-' || i, i FROM generate_series(1, 14) i, unnest(ARRAY['erp', 'shop']) s WHERE i % 3 <> 0 OR s = 'erp';
INSERT INTO contact_points (customer_id, position, kind, value, verified)
SELECT i, p, (ARRAY['EMAIL', 'PHONE'])[p], 'CANARY-' || i || '-' || p, p = 1
FROM generate_series(1, 14) i, generate_series(1, 2) p WHERE i % 4 <> 0;

INSERT INTO categories (id, parent_id, name) VALUES (1, NULL, '식품'), (2, 1, '음료'), (3, 2, '커피'), (4, NULL, '생활');
INSERT INTO products (id, code, name, category_id, list_price, unit_cost, currency) VALUES
    (1, 'P1', '아메리카노', 3, 4500, 1200.5, 'KRW'), (2, 'P2', '녹차', 2, 12.5, NULL, 'GBP'),
    (3, 'P3', '비누', 4, 0.001, 0.0005, 'GBP'), (4, 'P4', '봉투', NULL, NULL, NULL, NULL);
INSERT INTO product_external_ids (system, external_id, product_id) VALUES ('erp', 'X1', 1), ('scm', 'Y1', 1);

INSERT INTO orders (id, source_system, source_id, number, customer_id, branch_id, channel, ordered_at, currency)
SELECT i, 'erp', 'O' || i, 'N' || i % 7, NULLIF(i % 6, 0), (ARRAY[1, 2, 3, NULL])[1 + i % 4],
       (ARRAY['STORE', 'WEB', NULL])[1 + i % 3], timestamptz '2026-02-01 00:00+00' + (i / 2) * interval '1 day',
       CASE WHEN i % 5 = 0 THEN 'GBP' ELSE 'KRW' END
FROM generate_series(1, 20) i;
INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price, discount, unit_cost)
SELECT o, p, CASE WHEN p = 3 OR o % 7 = 0 THEN 'RETURN' ELSE 'SALE' END, NULLIF(p, 4),
       CASE WHEN p = 3 OR o % 7 = 0 THEN -1 ELSE p END, (ARRAY[4500, 12.345, 0.001, 7])[p], (p = 2)::int * 0.5, NULLIF(p, 2)
FROM generate_series(1, 20) o, generate_series(1, 4) p WHERE p <= o % 5;

INSERT INTO offers (id, code, name, kind, product_id, value, cost, currency, valid_from, valid_to, quantity_limit) VALUES
    (1, 'F1', '커피 추천', 'CORE', 1, NULL, NULL, NULL, '2026-01-01 00:00+00', NULL, NULL),
    (2, 'F2', '생일 선물', 'PROACTIVE_GIFT', NULL, 5000, 3000, 'KRW', '2026-01-01 00:00+00', '2027-01-01 00:00+00', 10),
    (3, 'F3', '감사 편지', 'REWARD_THANK_YOU_LETTER', NULL, 1.5, 0, 'GBP', '2026-02-01 00:00+00', NULL, NULL);
INSERT INTO offer_grants (id, offer_id, customer_id, state, reason, granted_by_id, granted_at, order_id)
SELECT i, 1 + i % 3, 1 + i % 9, (ARRAY['PROPOSED', 'VIEWED'])[1 + i % 2], NULLIF('r' || i, 'r2'), NULLIF(i % 3, 0),
       timestamptz '2026-03-01 00:00+00' + (i / 4) * interval '1 minute', NULLIF(i % 4, 0)
FROM generate_series(1, 12) i;
INSERT INTO offer_grant_states (grant_id, state, reached_at)
SELECT g, 'PROPOSED', timestamptz '2026-03-01 00:00+00' FROM generate_series(1, 12) g
UNION ALL SELECT g, 'VIEWED', timestamptz '2026-03-02 00:00+00' FROM generate_series(1, 12) g WHERE g % 2 = 1;
INSERT INTO touchpoints (source_system, source_id, customer_id, visitor_id, channel, direction, kind, occurred_at,
                         agent_id, branch_id, subject, note, topics, rating, cost, currency, order_id, offer_id)
SELECT 'test', c || '-' || n, NULLIF(c, 15), CASE WHEN c = 15 THEN 'visitor' END,
       (ARRAY['STORE', 'WEB', 'INBOUND_CALL'])[1 + n % 3], (ARRAY['INBOUND', 'OUTBOUND'])[1 + n % 2],
       (ARRAY['CONTACT', 'REVIEW'])[1 + (n % 4 = 0)::int], timestamptz '2026-01-01 00:00+00' + (n / 2) * interval '1 hour',
       (ARRAY[1, 2, NULL])[1 + n % 3], (ARRAY[1, 2, 3, NULL])[1 + n % 4], CASE WHEN n % 2 = 0 THEN '문의 ' || n END,
       'note', CASE WHEN n % 2 = 0 THEN ARRAY['배송', 'a"b'] ELSE ARRAY[]::text[] END, NULLIF(n % 6, 0),
       CASE WHEN n % 3 = 0 THEN 1200 END, CASE WHEN n % 3 = 0 THEN 'KRW' END,
       CASE WHEN n % 2 = 0 THEN c END, CASE WHEN n % 2 = 0 THEN 1 + n % 3 END
FROM generate_series(1, 15) c, generate_series(1, 8) n WHERE n <= c % 9;

INSERT INTO customer_attributes (id, name, type, label_en, label_ko, choices, personal) VALUES
    (1, 'pets', 'NUMBER', 'Pets', '반려동물', '{}', 'BASIC'), (2, 'hobby', 'CHOICE', 'Hobby', '취미', '{golf,등산}', 'NONE'),
    (3, 'newsletter', 'BOOLEAN', 'Newsletter', '소식지', '{}', 'BASIC'), (4, 'health', 'TEXT', 'Health', '건강', '{}', 'SENSITIVE');
INSERT INTO customer_attribute_values (customer_id, attribute, text_value, number_value, boolean_value)
SELECT i, 'pets', NULL::text, i % 3 + 0.5, NULL::boolean FROM generate_series(1, 14, 2) i
UNION ALL SELECT i, 'hobby', (ARRAY['golf', '등산'])[1 + i % 2], NULL, NULL FROM generate_series(1, 14, 3) i
UNION ALL SELECT i, 'newsletter', NULL, NULL, i % 2 = 0 FROM generate_series(1, 5) i
UNION ALL SELECT i, 'health', 'CANARY-' || i, NULL, NULL FROM generate_series(1, 5) i;
INSERT INTO households (id, name) VALUES (1, '김씨네'), (2, '박씨네'), (3, '빈집');
INSERT INTO household_members (id, household_id, customer_id, since_on, until_on) VALUES
    (1, 1, 1, '2020-01-01', '2021-01-01'), (2, 1, 2, '2020-01-01', NULL), (3, 1, 6, '2020-01-01', NULL),
    (4, 2, 1, '2021-01-01', NULL), (5, 2, 9, '2021-01-01', NULL);
UPDATE customers SET occupation = '의사', district = '구' || id WHERE id < 5;
INSERT INTO customer_merges (merged_id, kept_id, merged_at, origin) VALUES
    (15, 1, '2026-01-01 00:00+00', 'user:kim'), (16, 1, '2026-01-02 00:00+00', 'import:erp');
UPDATE customers SET lifecycle_stage = (ARRAY['NEW', 'LOYAL', 'LAPSED'])[1 + id % 3], lifecycle_since = '2026-02-01 00:00+00'
WHERE id < 8;
INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
SELECT i, s, timestamptz '2026-01-01 00:00+00' + n * interval '31 days'
FROM generate_series(1, 7) i, unnest(ARRAY['PROSPECT', 'NEW']) WITH ORDINALITY AS u(s, n);

UPDATE category_versions SET valid_from = '2026-01-15 00:00+00' WHERE category_id IN (2, 3);
INSERT INTO category_versions (category_id, valid_from, valid_to, parent_id, name, english_name) VALUES
    (2, '0001-01-01 00:00+00', '2026-01-15 00:00+00', NULL, '마실 것', 'Drinks'),
    (3, '0001-01-01 00:00+00', '2026-01-15 00:00+00', 4, '커피', NULL);
UPDATE product_versions SET valid_from = '2026-01-15 00:00+00' WHERE product_id = 1;
INSERT INTO product_versions (product_id, valid_from, valid_to, category_id) VALUES (1, '0001-01-01 00:00+00', '2026-01-15 00:00+00', 4);
UPDATE product_prices SET valid_from = '2026-01-15 00:00+00' WHERE product_id = 1;
INSERT INTO product_prices (product_id, valid_from, valid_to, list_price, unit_cost, currency) VALUES
    (1, '0001-01-01 00:00+00', '2026-01-15 00:00+00', 4200, NULL, 'KRW');
INSERT INTO product_changes (product_id, field, old, new, changed_at, origin) VALUES
    (1, 'category_id', '4', '3', '2026-01-15 00:00+00', 'user:kim'), (1, 'category_id', NULL, '4', '2026-01-14 00:00+00', 'user:kim'),
    (1, 'list_price', '4200.0000', '4500.0000', '2026-01-15 00:00+00', 'import:erp'), (1, 'name', NULL, 'O''Neil', '2026-01-15 00:00+00', 'user:kim');
INSERT INTO product_attributes (product_id, name, value) VALUES
    (1, 'colour', '검정'), (1, 'grams', '250'), (2, 'grams', '12.5'), (3, 'colour', 'a"b');
INSERT INTO warehouses (id, code, name, branch_id, active) VALUES (1, 'W1', '창고', 1, true), (2, 'W2', 'Old', NULL, false);
INSERT INTO exchange_rates (id, from_currency, to_currency, valid_on, rate, source_system) VALUES
    (1, 'GBP', 'KRW', '2026-01-01', 1843.125, 'erp'), (2, 'KRW', 'GBP', '2026-01-01', 0.0005425568, 'erp');
INSERT INTO stock_levels (id, product_id, warehouse_id, quantity, as_of, source_system)
SELECT i, 1 + i % 3, 1 + i / 3, (ARRAY[0, -1.5, 12])[1 + i % 3], timestamptz '2026-02-01 00:00+00' + (i / 2) * interval '1 hour', 'scm'
FROM generate_series(0, 5) i WHERE i > 0;
UPDATE orders SET agent_id = NULLIF(id % 3, 0), original_id = CASE WHEN id % 7 = 0 THEN id - 4 END,
                  cancelled_at = CASE WHEN id % 9 = 0 THEN timestamptz '2026-03-01 00:00+00' END;
UPDATE order_lines r SET returned_line_id = l.id, booked_at = '2026-03-02 00:00+00'
FROM order_lines l WHERE l.order_id = r.order_id AND l.position = 1 AND r.position = 3 AND r.kind = 'RETURN';
INSERT INTO payments (id, source_system, source_id, order_id, method, amount, refunded_amount, currency, state, state_at,
                      booked_at, paid_at)
SELECT i, 'pay', 'P' || i, 1 + i % 12, (ARRAY['CARD', 'CASH', 'POINTS'])[1 + i % 3], 1000 + i,
       CASE WHEN i % 6 = 0 THEN 1000 + i WHEN i % 6 = 3 THEN 1 ELSE 0 END, o.currency,
       (ARRAY['REFUNDED', 'PAID', 'AUTHORISED', 'PAID', 'FAILED', 'PAID'])[1 + i % 6],
       timestamptz '2026-02-05 00:00+00' + (i / 3) * interval '1 minute',
       timestamptz '2026-02-04 00:00+00' + (i / 3) * interval '1 minute',
       CASE WHEN i % 6 NOT IN (2, 4) THEN timestamptz '2026-02-05 00:00+00' END
FROM generate_series(1, 15) i JOIN orders o ON o.id = 1 + i % 12;
INSERT INTO shipments (id, source_system, source_id, order_id, warehouse_id, carrier, tracking, state, state_at, booked_at,
                       shipped_at, delivered_at)
SELECT i, 'scm', 'S' || i, 1 + i % 9, NULLIF(i % 3, 0), (ARRAY['CJ', 'Hanjin', NULL])[1 + i % 3], NULLIF('CANARY-' || i, 'CANARY-4'),
       (ARRAY['PREPARING', 'SHIPPED', 'DELIVERED', 'RETURNED', 'LOST'])[1 + i % 5],
       timestamptz '2026-02-06 00:00+00', timestamptz '2026-02-05 00:00+00' + (i / 2) * interval '1 hour',
       CASE WHEN i % 5 > 0 THEN timestamptz '2026-02-06 00:00+00' END,
       CASE WHEN i % 5 = 2 THEN timestamptz '2026-02-07 00:00+00' END
FROM generate_series(1, 12) i;
INSERT INTO shipment_lines (shipment_id, product_id, quantity)
SELECT i, p, p * 0.5 FROM generate_series(1, 12) i, generate_series(1, 3) p WHERE p <= i % 4;
UPDATE payments SET state = 'PAID', paid_at = '2026-02-08 00:00+00', state_at = '2026-02-08 00:00+00' WHERE id = 8;
UPDATE shipments SET state = 'DELIVERED', state_at = '2026-02-09 00:00+00' WHERE id = 1;

INSERT INTO cases (id, kind, channel, state, priority, topic, subject, description, customer_id, branch_id, owner_id,
                   opened_at, due_at, solved_at, satisfaction, satisfaction_comment, rated_at)
SELECT i, (ARRAY['ENQUIRY', 'COMPLAINT', 'SERVICE_REQUEST'])[1 + i % 3], (ARRAY['WEB', 'EMAIL'])[1 + i % 2],
       (ARRAY['NEW', 'OPEN', 'WAITING_CUSTOMER', 'SOLVED'])[1 + i % 4], (ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'])[1 + i / 3 % 4],
       CASE WHEN i % 2 = 0 THEN '배송' END, 'CANARY-case-' || i, NULLIF('CANARY-text-' || i, 'CANARY-text-3'),
       NULLIF(1 + i % 8, 8), (ARRAY[1, 2, NULL])[1 + i % 3], (ARRAY[1, 2, NULL])[1 + i / 2 % 3],
       timestamptz '2026-01-05 00:00+00' + (i / 2) * interval '1 hour',
       (ARRAY[timestamptz '2026-01-06 00:00+00', '2999-01-01 00:00+00', NULL])[1 + i % 3],
       CASE WHEN i % 4 = 3 THEN timestamptz '2026-01-05 12:00:00.5+00' + i * interval '1 hour' END,
       CASE WHEN i % 8 = 3 THEN 1 + i % 5 END, CASE WHEN i % 8 = 3 THEN 'CANARY-rated' END,
       CASE WHEN i % 8 = 3 THEN timestamptz '2026-01-07 00:00+00' END
FROM generate_series(1, 14) i;
INSERT INTO case_moves (case_id, from_state, to_state, moved_at, moved_by_id, reason)
SELECT c.id, m.from_state, m.to_state, c.opened_at + m.after, NULLIF(c.id % 3, 0), CASE WHEN m.n > 2 THEN 'CANARY-why' END
FROM cases c, (VALUES (1, NULL, 'NEW', interval '0'), (2, 'NEW', 'OPEN', interval '10.25 minutes'),
                      (3, 'OPEN', 'WAITING_CUSTOMER', interval '1 hour'), (4, 'WAITING_CUSTOMER', 'SOLVED', interval '5 hours'))
    AS m (n, from_state, to_state, after)
WHERE m.n <= 1 + c.id % 4 ORDER BY c.id, m.n;
INSERT INTO case_touchpoints (case_id, touchpoint_id, linked_at)
SELECT c.id, t.id, c.opened_at FROM cases c JOIN touchpoints t ON t.customer_id = c.customer_id WHERE (c.id + t.id) % 2 = 0;
INSERT INTO opportunities (id, customer_id, name, stage, probability, amount, currency, expected_on, source, touchpoint_id, note,
                           lost_reason, owner_id, branch_id, order_id, opened_at, closed_at)
SELECT i, 1 + i % 8, (ARRAY['정기배송', 'B2B'])[1 + i % 2], s, CASE s WHEN 'WON' THEN 100 WHEN 'LOST' THEN 0 ELSE i * 7 END,
       CASE WHEN i % 3 > 0 THEN 1234.5 * i END, CASE WHEN i % 3 > 0 THEN 'GBP' END,
       (ARRAY[date '2026-02-01', '2999-01-01', NULL])[1 + i % 3], (ARRAY['ENQUIRY', 'REPEAT', NULL])[1 + i % 3], NULLIF(i, 5),
       NULLIF('CANARY-note-' || i, 'CANARY-note-2'), CASE s WHEN 'LOST' THEN 'CANARY-lost' END, (ARRAY[1, 2, NULL])[1 + i % 3],
       (ARRAY[3, 2, NULL])[1 + i / 2 % 3], CASE s WHEN 'WON' THEN i END,
       timestamptz '2026-01-10 00:00+00' + (i / 2) * interval '1 hour',
       CASE WHEN s IN ('WON', 'LOST') THEN timestamptz '2026-01-20 00:00+00' END
FROM generate_series(1, 12) i,
     LATERAL (SELECT (ARRAY['LEAD', 'QUALIFIED', 'PROPOSED', 'NEGOTIATING', 'WON', 'LOST'])[1 + i % 6]) AS stages (s);
INSERT INTO opportunity_moves (opportunity_id, from_stage, to_stage, probability, moved_at, moved_by_id, reason)
SELECT i, NULL, 'LEAD', 10, timestamptz '2026-01-10 00:00+00', NULLIF(i % 3, 0), NULL FROM generate_series(1, 12) i
UNION ALL SELECT i, 'LEAD', 'LOST', 0, timestamptz '2026-01-20 00:00+00', 1, 'CANARY-lost' FROM generate_series(5, 12, 6) i;
INSERT INTO opportunity_offers (opportunity_id, offer_id) SELECT i, 1 + i % 3 FROM generate_series(1, 9) i;
INSERT INTO opportunity_grants (opportunity_id, grant_id)
SELECT o.id, g.id FROM opportunities o JOIN offer_grants g ON g.customer_id = o.customer_id;
INSERT INTO tasks (id, title, note, state, priority, due_at, customer_id, owner_id, branch_id, source, case_id, opportunity_id,
                   touchpoint_id, created_by_id, closed_at, closed_by_id, outcome, created_at)
SELECT i, 'CANARY-task-' || i, NULLIF('CANARY-note-' || i, 'CANARY-note-4'), s, (ARRAY['HIGH', 'LOW', 'URGENT'])[1 + i % 3],
       (ARRAY[timestamptz '2026-01-06 00:00+00', '2999-01-01 00:00+00', NULL])[1 + i % 3], NULLIF(i % 6, 0),
       (ARRAY[1, 2, NULL])[1 + i / 2 % 3], (ARRAY[1, 2, NULL])[1 + i % 3], f, CASE f WHEN 'CASE' THEN i % 14 + 1 END,
       CASE f WHEN 'OPPORTUNITY' THEN i % 12 + 1 END, CASE f WHEN 'TOUCHPOINT' THEN i END, NULLIF(i % 4, 0),
       CASE WHEN s IN ('DONE', 'CANCELLED') THEN timestamptz '2026-01-08 00:00+00' END,
       CASE WHEN s IN ('DONE', 'CANCELLED') THEN 1 END, CASE s WHEN 'DONE' THEN 'CANARY-done' END,
       timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour'
FROM generate_series(1, 16) i,
     LATERAL (SELECT (ARRAY['OPEN', 'IN_PROGRESS', 'DONE', 'CANCELLED'])[1 + i / 4 % 4],
                     (ARRAY['MANUAL', 'CASE', 'OPPORTUNITY', 'TOUCHPOINT', 'REQUEST'])[1 + i % 5]) AS kinds (s, f);

INSERT INTO subject_exports (customer_id, state, asked_by, reason, requested_at, ready_at, expires_at, bytes, sha256)
SELECT i, (ARRAY['REQUESTED', 'READY', 'EXPIRED'])[1 + i % 3], 'user:ann', 'letter ' || i,
       timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour', CASE WHEN i % 3 > 0 THEN timestamptz '2026-01-13 00:00+00' END,
       NULL, i * 1000, repeat('a', 64)
FROM generate_series(1, 6) i;
INSERT INTO retention_runs (state, listed_at) SELECT 'DONE', timestamptz '2026-01-12 18:00+00' FROM generate_series(1, 3);
INSERT INTO retention_run_items (run_id, tag, purpose, place, due, done)
SELECT i, 'SENSITIVE', 'SERVICE', 'touchpoints: note', 1000 * i, i FROM generate_series(1, 2) i;
SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[
    ROW('default', (ARRAY['retain', 'tidy_exports'])[1 + i % 2], 0, 'key ' || i / 2, NULL, '{}'::jsonb, NULL
    )::jobs.procrastinate_job_to_defer_v1])
FROM generate_series(1, 5) i;

UPDATE offers SET product_id = NULL, category_id = 2 WHERE id = 1;
INSERT INTO customer_attributes (id, name, type, label_en, label_ko) VALUES (99, 'offer_hobby', 'TEXT', 'Hobby', '취미');
INSERT INTO offer_rules (offer_id, excludes, position, kind, among, min_age, attribute, product_id, category_id) VALUES
    (2, false, 0, 'REGION', '{서울,"O''Neil \"the\\"}', NULL, NULL, NULL, NULL), (2, false, 1, 'AGE', '{}', 20, NULL, NULL, NULL),
    (2, true, 0, 'BOUGHT_PRODUCT', '{}', NULL, NULL, 1, NULL), (3, false, 0, 'BOUGHT_CATEGORY', '{}', NULL, NULL, NULL, 1),
    (3, true, 0, 'ATTRIBUTE', '{golf}', NULL, 'offer_hobby', NULL, NULL);
INSERT INTO offer_excluded_customers (offer_id, customer_id) SELECT 1 + i % 3, i FROM generate_series(1, 9) i;
INSERT INTO contents (id, title, body, url, language, topics, valid_from, valid_to, retired_at)
SELECT i, (ARRAY['커피 고르기', 'Tea "\', '커피 고르기'])[1 + i % 3], CASE WHEN i % 2 = 0 THEN E'a\nb' END,
       CASE WHEN i % 2 = 1 THEN 'https://example.com/' || i END, (ARRAY['ko', 'en-GB'])[1 + i % 2],
       CASE WHEN i % 3 = 0 THEN ARRAY['커피', 'a"b'] ELSE ARRAY[]::text[] END, timestamptz '2026-01-01 00:00+00' + (i / 2) * interval '1 day',
       CASE WHEN i % 4 = 0 THEN timestamptz '2026-02-01 00:00+00' END, CASE WHEN i = 5 THEN timestamptz '2026-01-20 00:00+00' END
FROM generate_series(1, 7) i;
INSERT INTO content_products (content_id, product_id) SELECT 1 + i % 7, 1 + i % 4 FROM generate_series(1, 9) i;
INSERT INTO objectives (id, statement, parent_id, owner_id, starts_on, ends_on, state, conclusion, closed_at)
SELECT i, (ARRAY['매출', 'Keep "them"', '매출'])[1 + i % 3], NULLIF(i / 2, 0), (ARRAY[1, 2, NULL])[1 + i % 3],
       CASE WHEN i % 2 = 0 THEN date '2026-01-01' + i END, CASE WHEN i % 4 = 0 THEN date '2027-01-01' END,
       CASE WHEN i = 6 THEN 'MISSED' ELSE 'OPEN' END, CASE WHEN i = 6 THEN 'why' END, CASE WHEN i = 6 THEN timestamptz '2026-03-01 00:00+00' END
FROM generate_series(1, 7) i;
INSERT INTO targets (id, objective_id, cube, aggregate, cut, period_from, period_to, value, owner_id, withdrawn_at)
SELECT i, NULLIF(i % 4, 0), 'sales', (ARRAY['net_revenue', 'orders'])[1 + i % 2], CASE WHEN i % 3 = 0 THEN 'branch:S01' ELSE '' END,
       date '2026-01-01' + i / 2, date '2026-04-01', i * 1000.5, (ARRAY[1, NULL])[1 + i % 2],
       CASE WHEN i = 3 THEN timestamptz '2026-03-01 00:00+00' END
FROM generate_series(1, 8) i;
INSERT INTO segments (id, name, kind, description, rule, owner_id, refreshed_at)
SELECT i, 's' || i, CASE WHEN i % 2 = 0 THEN 'RULE' ELSE 'FIXED' END, CASE WHEN i = 3 THEN E'"x"\n' END,
       CASE WHEN i % 2 = 0 THEN '{"all":[{"trait":{"name":"REGION","in":["서울","a\"b"]}},{"orders":{"atLeast":1}}]}' END,
       (ARRAY[1, NULL])[1 + i % 2], CASE WHEN i % 4 = 0 THEN timestamptz '2026-01-01 00:00+00' END
FROM generate_series(1, 5) i;
INSERT INTO segment_members (segment_id, customer_id, entered_at, left_at)
SELECT 1 + (c + k) % 4, c, timestamptz '2026-01-01 00:00+00' + c * interval '1 hour',
       CASE WHEN k = 1 THEN timestamptz '2026-02-01 00:00+00' END
FROM generate_series(1, 9) c, generate_series(0, 1) k;
INSERT INTO rfm_schemes (name, valid_from, currency, method, anchor, levels, frequency_months) VALUES
    ('fifths', '2020-01-01', 'GBP', 'QUANTILES', 'TAU', 5, 12), ('fifths', '2026-01-01', 'GBP', 'QUANTILES', 'TAU', 4, 6);
INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency, monetary,
                        last_ordered_on, orders, mean_order_value)
SELECT c, s.name, day, day_to, s.id, 1, 1 + (c + n) % 3, 1 + c % 3, 1 + c % 2, CASE WHEN c % 4 > 0 THEN date '2026-01-01' - c END,
       c % 3, CASE WHEN c % 4 > 0 THEN c * 1000.5 END
FROM generate_series(1, 7) c, (VALUES (1, date '2026-01-02', date '2026-01-05'), (2, '2026-01-05', NULL)) d(n, day, day_to),
     rfm_schemes s
WHERE s.valid_from < '2026-01-01';
INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                             p_alive, expected_orders, mean_amount, value)
SELECT c, currency, day, CASE WHEN c % 2 = 0 THEN 'BG/NBD' ELSE 'Pareto/NBD' END, 1, 52, 0.3, 0.1, c % 3,
       1 / (1 + c)::numeric, c / 7.0, CASE WHEN c % 4 > 0 THEN c * 1000.5 END, CASE WHEN c % 4 > 0 THEN c * 300.5 END
FROM generate_series(1, 6) c, (VALUES ('KRW'), ('GBP'), ('USD')) m (currency),
     (VALUES (date '2026-01-01'), ('2026-01-31')) d (day);

SELECT setval(pg_get_serial_sequence(t, 'id'), 1000)
FROM unnest(ARRAY['branches', 'users', 'customers', 'categories', 'products', 'orders', 'offers', 'offer_grants', 'warehouses',
                  'exchange_rates', 'stock_levels', 'payments', 'shipments', 'cases', 'opportunities', 'tasks', 'segments']) t;
