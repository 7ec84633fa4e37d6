"""A company of 100,000 customers and 1,000,000 touchpoints, in a store that was migrated."""

import adbc_driver_postgresql.dbapi as adbc

from bench.graphql.questions import BRANCHES, CUSTOMERS, TOUCHPOINTS
from migrations.command import upgrade

ROWS = f"""
SET session_replication_role = replica;
INSERT INTO branches (code, name, kind) SELECT 'B' || i, '지점 ' || i, 'SHOP' FROM generate_series(1, {BRANCHES}) i;
INSERT INTO products (code, name) SELECT 'P' || i, '상품 ' || i FROM generate_series(1, 1000) i;
INSERT INTO offers (code, name, kind) SELECT 'O' || i, '제안 ' || i, 'CORE' FROM generate_series(1, 20) i;
INSERT INTO customers (name, region, country, home_branch_id, joined_on)
    SELECT '고객 ' || md5(i::text), '지역 ' || i % 17, 'KR', 1 + i % {BRANCHES}, date '2020-01-01' + i % 2000
    FROM generate_series(1, {CUSTOMERS}) i;
INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at, subject)
    SELECT 'bench', i::text, 1 + i % {CUSTOMERS}, (ARRAY['STORE', 'WEB', 'EMAIL'])[1 + i % 3], 'INBOUND',
           timestamptz '2024-01-01' + i * interval '61 seconds', '문의 ' || i
    FROM generate_series(1, {TOUCHPOINTS}) i;
INSERT INTO orders (source_system, source_id, number, channel, ordered_at, currency, customer_id, branch_id)
    SELECT 'bench', i::text, i::text, 'STORE', timestamptz '2023-01-01' + i * interval '5 minutes', 'KRW',
           1 + i % {CUSTOMERS}, 1 + i % {BRANCHES}
    FROM generate_series(1, 300000) i;
INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price, discount)
    SELECT o, l, 'SALE', 1 + (o * 7 + l) % 1000, 1 + l, 1000 * (1 + o % 90), 0
    FROM generate_series(1, 300000) o, generate_series(1, 3) l;
INSERT INTO offer_grants (offer_id, customer_id, state, granted_at)
    SELECT 1 + i % 20, 1 + i % {CUSTOMERS}, (ARRAY['PROPOSED', 'DELIVERED', 'REDEEMED'])[1 + i % 3],
           timestamptz '2025-01-01' + i * interval '1 minute'
    FROM generate_series(1, 200000) i;
INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at)
    SELECT 1 + i % {CUSTOMERS}, 'EARNED', 1 + i % 500, 'bench', timestamptz '2023-06-01' + i * interval '2 minutes'
    FROM generate_series(1, 300000) i;
SET session_replication_role = origin;
VACUUM ANALYZE;
"""
"""Triggers sleep meanwhile: nobody reads the feed of a company that was never there."""

PEERS_VIEW = """
CREATE SCHEMA bench;
CREATE VIEW bench.timeline AS
    SELECT customer_id, occurred_at AS at, 'TOUCHPOINT' AS kind, id AS entry_id, subject AS title
    FROM public.touchpoints
    UNION ALL SELECT customer_id, ordered_at, 'ORDER', id, number FROM public.orders
    UNION ALL SELECT customer_id, granted_at, 'GRANT', id, state FROM public.offer_grants
    UNION ALL SELECT customer_id, occurred_at, 'POINTS', id, points::text FROM public.points_entries
    UNION ALL SELECT customer_id, opened_at, 'CASE', id, NULL FROM public.cases
    UNION ALL SELECT customer_id, created_at, 'TASK', id, NULL FROM public.tasks
    UNION ALL SELECT customer_id, opened_at, 'OPPORTUNITY', id, NULL FROM public.opportunities;
COMMENT ON VIEW bench.timeline IS
    E'@foreignKey (customer_id) references public.customers (id)\\n@primaryKey kind,entry_id\\n'
    '@behavior +list +connection +orderBy';
COMMENT ON COLUMN bench.timeline.at IS '@behavior +orderBy';
COMMENT ON COLUMN bench.timeline.kind IS '@behavior +orderBy';
COMMENT ON COLUMN bench.timeline.entry_id IS '@behavior +orderBy';
COMMENT ON COLUMN public.order_lines.position IS '@behavior +orderBy';
COMMENT ON COLUMN public.offer_grants.state IS '@behavior +filterBy';
CREATE FUNCTION public.customers_points_balance(c public.customers) RETURNS bigint STABLE LANGUAGE sql AS
    'SELECT coalesce(sum(points), 0)::bigint FROM public.points_entries WHERE customer_id = c.id';
"""
"""What the peer needs to show entries of several tables in one order."""


def seeded(url: str) -> None:
    """The store holds the company, and Postgres has looked at it. About half a minute."""
    upgrade(url)
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in (ROWS + PEERS_VIEW).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
