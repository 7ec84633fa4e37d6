"""A company of 120 customers with orders of every kind, and the facts that mining reads of it."""

from collections.abc import Callable, Iterator
from datetime import date

import adbc_driver_postgresql.dbapi as adbc
import pytest

from domain.postgres import Server
from olap.engines.duckdb import DuckDB
from olap.mining.facts import OF_RFM, OF_SEGMENTS, facts_of

COMPANY = r"""
DO $$ BEGIN
    PERFORM setseed(0.4);
    INSERT INTO customers (id, name) SELECT i, 'c' || i FROM generate_series(1, 120) i;
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency)
    SELECT i, 't', i, i, nullif(1 + floor(110 * random() * random())::int, 7),
           timestamptz '2024-01-01' + random() * interval '2 years', CASE WHEN random() < .1 THEN 'USD' ELSE 'KRW' END
    FROM generate_series(1, 700) i;
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)
    SELECT o.id, p, CASE WHEN random() < .15 THEN 'RETURN' WHEN random() < .1 THEN 'FREE' ELSE 'SALE' END,
           1, floor(random() * 4)::int * 50000 + CASE WHEN random() < .2 THEN 0.0003 ELSE 0 END
    FROM orders o, generate_series(1, 1 + (o.id % 3)::int) p;
    INSERT INTO branches (id, code, name, kind, region) VALUES
        (1, 'S1', 'a', 'SHOP', 'north'), (2, 'S2', 'b', 'SHOP', NULL);
    INSERT INTO products (id, code, name) SELECT i, 'p' || i, 'p' FROM generate_series(1, 4) i;
    UPDATE order_lines SET product_id = nullif(id % 5, 0);
    UPDATE customers SET region = (ARRAY['서울', '부산', NULL])[1 + id % 3],
           country = (ARRAY['KR', 'US', NULL])[1 + id % 4],
           gender = (ARRAY['FEMALE', NULL])[1 + id % 2],
           home_branch_id = nullif(id % 3, 0), kind = CASE WHEN id % 7 = 0 THEN 'ORGANISATION' ELSE 'PERSON' END,
           lifecycle_stage = (ARRAY['NEW', 'LOYAL', 'LAPSED'])[1 + id % 3];
    INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, kind, occurred_at)
    SELECT 't', i, nullif(1 + floor(90 * random())::int, 5), (ARRAY['WEB', 'STORE', 'EMAIL'])[1 + i % 3], 'INBOUND',
           (ARRAY['CONTACT', 'VIEW'])[1 + i % 2], timestamptz '2025-01-01' + random() * interval '1 year'
    FROM generate_series(1, 300) i;
    UPDATE order_lines SET quantity = -1 WHERE kind = 'RETURN';
    INSERT INTO categories (id, parent_id, name) VALUES (1, NULL, 'a'), (12, 1, 'b'), (2, NULL, 'c');
    UPDATE products SET category_id = (ARRAY[1, 12, 2, NULL])[id];
    -- Half of them celebrate today or tomorrow.
    UPDATE customers
    SET birth_on = (now() AT TIME ZONE 'Asia/Seoul')::date + (id % 2)::int - (id % 60)::int * interval '1 year'
    WHERE id % 5 > 0;
    INSERT INTO customer_attributes (name, type, label_en, label_ko, reportable) VALUES
        ('pets', 'TEXT', 'a', 'a', true), ('size', 'NUMBER', 'b', 'b', true), ('tall', 'BOOLEAN', 'c', 'c', true),
        ('since', 'DATE', 'd', 'd', true), ('own', 'TEXT', 'e', 'e', false);
    INSERT INTO customer_attribute_values (customer_id, attribute, text_value)
    SELECT id, 'pets', (ARRAY['cat', 'a "dog": "x"', '100%\_/고양이'])[1 + id % 3] FROM customers WHERE id % 4 > 0;
    INSERT INTO customer_attribute_values (customer_id, attribute, number_value)
    SELECT id, 'size', id % 3 + 0.5 FROM customers WHERE id % 2 = 0;
    INSERT INTO customer_attribute_values (customer_id, attribute, boolean_value)
    SELECT id, 'tall', id % 2 = 0 FROM customers WHERE id % 3 = 0;
    INSERT INTO customer_attribute_values (customer_id, attribute, date_value)
    SELECT id, 'since', date '2025-01-01' + (id % 3)::int FROM customers WHERE id % 7 = 0;
    INSERT INTO contact_points (customer_id, position, kind, value)
    SELECT id, 1, (ARRAY['EMAIL', 'PHONE', 'ADDRESS'])[1 + id % 3], 'x' FROM customers WHERE id % 2 = 0;
    INSERT INTO consents (customer_id, purpose, channel, given, at, source)
    SELECT 1 + i % 100, (ARRAY['MARKETING', 'SURVEY'])[1 + i % 2], (ARRAY['EMAIL', NULL])[1 + (i / 3) % 2],
           random() < .5, timestamptz '2025-01-01' + random() * interval '9 days', 't' FROM generate_series(1, 200) i;
    INSERT INTO rfm_schemes (name, valid_from, currency, method, anchor, levels, frequency_months)
    VALUES ('a_b', '2025-01-01', 'KRW', 'QUANTILES', 'TAU', 5, 3);
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency, monetary,
                            orders)
    SELECT c.id, s.name, '2025-01-01', CASE WHEN c.id % 4 = 0 THEN date '2025-06-01' END, s.id, 1,
           1 + c.id % 3, 1 + c.id / 3 % 3, 1 + c.id / 9 % 3, 1
    FROM customers c, rfm_schemes s WHERE c.id % 5 > 0;
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, recency, frequency, monetary, orders)
    SELECT customer_id, scheme, valid_to, scheme_id, 1, 4 - recency, 4 - frequency, monetary, 1
    FROM rfm_scores WHERE valid_to IS NOT NULL;
    UPDATE customers SET erased_at = now() WHERE id IN (7, 8);
    -- 118 bought often and dear and has gone quiet; 119 stands on every edge; 120 ordered before the calendar begins.
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency) VALUES
        (1001, 't', 'q1', '1', 118, '2025-03-01 03:00+00', 'KRW'),
        (1002, 't', 'q2', '2', 118, '2025-03-20 03:00+00', 'KRW'),
        (1003, 't', 'q3', '3', 118, '2025-05-31 14:59+00', 'KRW'),
        (1004, 't', 'e1', '4', 119, '2025-07-31 15:00+00', 'KRW'),
        (1005, 't', 'e2', '5', 119, '2025-10-30 15:00+00', 'KRW'),
        (1006, 't', 'e3', '6', 120, '1931-01-01 00:00+00', 'KRW');
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price) VALUES
        (1001, 1, 'SALE', 1, 700000), (1002, 1, 'SALE', 1, 500000), (1003, 1, 'SALE', 1, 300000),
        (1004, 1, 'SALE', 1, 100000), (1005, 1, 'SALE', 1, 100000), (1006, 1, 'SALE', 1, 1000);
END $$
"""

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def buyers(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of the company's database; nobody writes to it."""
    admin(f"CREATE DATABASE mining TEMPLATE {template} STRATEGY file_copy")
    url = server.url("mining")
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(COMPANY)
        # As a server does by itself before long: else the planner takes every table for one of a few rows.
        cursor.execute("ANALYZE")
    return url


@pytest.fixture(scope="session")
def facts(buyers: str) -> Iterator[DuckDB]:
    with facts_of(buyers, {**OF_RFM, **OF_SEGMENTS}) as engine:
        yield engine


@pytest.fixture(scope="session")
def ask(buyers: str) -> Iterator[Ask]:
    """The rows of a query on Postgres. One connection for all: each reads the catalogue of types first, for 0.1 s."""
    with adbc.connect(buyers, autocommit=True) as connection:

        def rows(query: str) -> list[tuple[object, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return [tuple(row) for row in cursor.fetchall()]

        yield rows


@pytest.fixture(scope="session")
def today(ask: Ask, facts: DuckDB) -> date:
    """The company's day on which the facts were read, as near as one can tell."""
    ((found,),) = ask("SELECT (now() AT TIME ZONE time_zone)::date FROM company")
    assert isinstance(found, date)
    return found
