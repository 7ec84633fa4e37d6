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

SELECT setval(pg_get_serial_sequence(t, 'id'), 1000)
FROM unnest(ARRAY['branches', 'users', 'customers', 'categories', 'products', 'orders', 'offers', 'offer_grants']) t;
