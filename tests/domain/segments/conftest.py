"""Six customers who differ in what rules look at. It is noon of 1 March 2026 in Seoul."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from tests.emptied import Emptied

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

PEOPLE = """
INSERT INTO branches (id, code, name, kind) VALUES (1, 'S1', 'Mapo', 'SHOP'), (2, 'S2', 'Jongno', 'SHOP');
INSERT INTO customers (id, name, kind, region, gender, birth_on, home_branch_id, lifecycle_stage) VALUES
    (1, 'a', 'PERSON', '서울', 'FEMALE', '1986-03-01', 1, 'LOYAL'),
    (2, 'b', 'PERSON', '서울', 'MALE', '1986-03-02', 2, 'NEW'),
    (3, 'c', 'PERSON', '부산', NULL, NULL, 1, 'LAPSED'), (4, 'd', 'ORGANISATION', NULL, NULL, NULL, NULL, 'PROSPECT'),
    (5, 'e', 'PERSON', '서울', 'FEMALE', '2000-01-01', NULL, 'GROWING'),
    (6, 'gone', 'PERSON', '서울', 'FEMALE', '1986-03-01', 1, 'LOYAL');
INSERT INTO customer_attributes (name, type, label_en, label_ko) VALUES
    ('pets', 'TEXT', 'Pets', '반려동물'), ('size', 'NUMBER', 'Size', '치수');
INSERT INTO customer_attribute_values (customer_id, attribute, text_value, number_value) VALUES
    (1, 'pets', 'cat', NULL), (2, 'pets', 'dog', NULL), (3, 'size', NULL, 42), (1, 'size', NULL, 42.5);
INSERT INTO contact_points (customer_id, position, kind, value) VALUES
    (1, 1, 'EMAIL', 'a@example.com'), (2, 1, 'PHONE', '+821012345678');
INSERT INTO consents (customer_id, purpose, channel, given, at, source) VALUES
    (1, 'MARKETING', NULL, true, '2026-01-01', 't'), (1, 'MARKETING', 'EMAIL', false, '2026-01-02', 't'),
    (2, 'MARKETING', NULL, true, '2026-01-01', 't'), (2, 'MARKETING', NULL, false, '2026-01-02', 't'),
    (2, 'SURVEY', 'EMAIL', true, '2026-01-02', 't'), (3, 'MARKETING', 'SMS', true, '2026-01-01', 't');
INSERT INTO categories (id, parent_id, name) VALUES (1, NULL, 'Food'), (2, 1, 'Tea');
INSERT INTO products (id, code, name, category_id) VALUES (1, 'TEA', 'Tea', 2), (2, 'CUP', 'Cup', NULL);
INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency) VALUES
    (1, 't', '1', '1', 1, '2026-02-28 15:00+00', 'KRW'), (2, 't', '2', '2', 1, '2026-02-01 00:00+00', 'KRW'),
    (3, 't', '3', '3', 2, '2026-02-27 14:59+00', 'KRW'), (4, 't', '4', '4', 3, '2024-01-01 00:00+00', 'USD'),
    (5, 't', '5', '5', 5, '2026-02-20 00:00+00', 'KRW'), (6, 't', '6', '6', 2, '2026-03-01 15:00+00', 'KRW');
INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price) VALUES
    (1, 1, 'SALE', 1, 1, 100), (1, 2, 'SALE', 1, 1, 0.5), (2, 1, 'SALE', 2, 1, 50), (3, 1, 'SALE', 2, 1, 200),
    (4, 1, 'SALE', 1, 1, 900), (5, 1, 'RETURN', 1, -1, 30), (6, 1, 'SALE', 1, 1, 9999);
INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, kind, occurred_at) VALUES
    ('t', '1', 1, 'WEB', 'INBOUND', 'VIEW', '2026-02-28 16:00+00'),
    ('t', '2', 1, 'STORE', 'INBOUND', 'CONTACT', '2026-02-01 00:00+00'),
    ('t', '3', 3, 'WEB', 'INBOUND', 'CONTACT', '2026-02-28 16:00+00');
INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency, monetary,
                        orders) VALUES
    (1, 'default', '2026-01-01', '2026-02-01', 1, 1, 1, 1, 1, 1),
    (1, 'default', '2026-02-01', NULL, 1, 1, 3, 3, 2, 1),
       (2, 'default', '2026-02-01', NULL, 1, 1, 1, 3, 3, 1);
UPDATE customers SET erased_at = now() WHERE id = 6;
SELECT setval(pg_get_serial_sequence('customers', 'id'), 100)
"""


@pytest.fixture
def database(shared_database: Emptied) -> Iterator[str]:
    """The URL of the database that tests share, emptied after each."""
    yield shared_database.url
    shared_database.empty()


@pytest.fixture
def engine(database: str, shared_engine: AsyncEngine) -> AsyncEngine:
    """The engine on it, for tests that open several sessions."""
    return shared_engine


@pytest.fixture
async def people(session: AsyncSession) -> AsyncSession:
    """The session, with the people in it."""
    for statement in PEOPLE.split(";"):
        await session.execute(text(statement))
    return session
