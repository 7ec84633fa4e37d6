"""What goes on in the shop besides sales: contacts, offers, cases, opportunities, shipments, stock; written by SQL."""

from collections.abc import Callable, Iterator

import pytest

from domain.postgres import Server
from tests.olap.store.shop import Cube, Shop, open_cube, open_shop

ACTIVITY = """
    INSERT INTO warehouses (id, code, name, branch_id) VALUES (1, 'W1', 'North', 1), (2, 'W2', 'South', NULL);
    UPDATE product_prices SET unit_cost = 1.5, currency = 'GBP' WHERE product_id = 1;
    UPDATE customers SET birth_on = current_date - 12000, acquired_channel = 'WEB', owner_id = 1 WHERE id = 1;
    INSERT INTO households (id, name) VALUES (1, 'Lee'), (2, 'Park');
    INSERT INTO household_members (household_id, customer_id, since_on) VALUES
        (1, 1, '2010-01-01'), (1, 2, '2010-01-01');
    INSERT INTO contact_points (customer_id, position, kind, value) VALUES (1, 1, 'EMAIL', 'a@example.com');
    INSERT INTO consents (customer_id, purpose, channel, given, at, source) VALUES
        (1, 'MARKETING', NULL, true, '2011-01-01+00', 'web'), (2, 'MARKETING', 'EMAIL', true, '2011-01-01+00', 'web'),
        (2, 'MARKETING', 'EMAIL', false, '2011-02-01+00', 'web');
    INSERT INTO customer_attributes (name, type, label_en, label_ko, reportable) VALUES
        ('skin', 'TEXT', 'Skin', '피부', true), ('note', 'TEXT', 'Note', '메모', false);
    INSERT INTO customer_attribute_values (customer_id, attribute, text_value) VALUES
        (1, 'skin', 'dry'), (1, 'note', 'secret');
    INSERT INTO offers (id, code, name, kind, value, cost, currency) VALUES
        (1, 'TEN', 'Ten off', 'PROACTIVE_DISCOUNT', 10, 4, 'GBP'), (2, 'CORE', 'Best cup', 'CORE', NULL, NULL, NULL);
    INSERT INTO touchpoints (id, source_system, source_id, customer_id, visitor_id, channel, direction, kind,
        occurred_at, duration_seconds, agent_id, branch_id, topics, sentiment, rating, outcome, cost, currency,
        offer_id) VALUES
        (1, 'cti', '1', 1, NULL, 'INBOUND_CALL', 'INBOUND', 'CONTACT', '2011-01-05 10:00+00', 60, 1, 1,
         '{price,stock}', -50, NULL, 'solved', 1.25, 'GBP', 1),
        (2, 'cti', '2', 2, NULL, 'OUTBOUND_CALL', 'OUTBOUND', 'CONTACT', '2011-01-06 10:00+00', 30, 1, NULL,
         '{price}', 50, 5, NULL, 2.5, 'GBP', NULL),
        (3, 'web', '3', NULL, 'v-1', 'WEB', 'INBOUND', 'VIEW', '2011-01-06 16:00+00', NULL, NULL, NULL,
         '{}', NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO offer_grants (id, offer_id, customer_id, state, granted_by_id, granted_at, order_id) VALUES
        (1, 1, 1, 'REDEEMED', 1, '2011-01-05+00', 1), (2, 1, 2, 'DECLINED', NULL, '2011-01-05+00', NULL),
        (3, 2, 3, 'PROPOSED', NULL, '2011-02-05+00', NULL);
    INSERT INTO offer_grant_states (grant_id, state, reached_at) VALUES
        (1, 'PROPOSED', '2011-01-05+00'), (1, 'REDEEMED', '2011-01-06+00'),
        (2, 'PROPOSED', '2011-01-05+00'), (2, 'VIEWED', '2011-01-05+00'), (2, 'DECLINED', '2011-01-06+00');
    INSERT INTO cases (id, kind, channel, state, topic, subject, customer_id, branch_id, owner_id, opened_at, due_at,
        solved_at, satisfaction, rated_at) VALUES
        (1, 'COMPLAINT', 'INBOUND_CALL', 'SOLVED', 'price', 's', 1, 1, 1, '2011-01-05 10:00+00', '2011-01-06+00',
         '2011-01-05 12:00+00', 4, '2011-01-07+00'),
        (2, 'ENQUIRY', 'WEB', 'NEW', NULL, 's', NULL, NULL, NULL, '2011-01-06 10:00+00', NULL, NULL, NULL, NULL);
    INSERT INTO case_moves (case_id, from_state, to_state, moved_at) VALUES
        (1, NULL, 'NEW', '2011-01-05 10:00+00'), (1, 'NEW', 'OPEN', '2011-01-05 10:10+00'),
        (1, 'OPEN', 'WAITING_CUSTOMER', '2011-01-05 10:30+00'), (1, 'WAITING_CUSTOMER', 'OPEN', '2011-01-05 11:30+00'),
        (1, 'OPEN', 'SOLVED', '2011-01-05 12:00+00'), (2, NULL, 'NEW', '2011-01-06 10:00+00');
    INSERT INTO opportunities (id, customer_id, name, stage, probability, amount, currency, source, owner_id, branch_id,
        opened_at, closed_at) VALUES
        (1, 1, 'o', 'WON', 100, 100, 'GBP', 'ENQUIRY', 1, 1, '2011-01-05+00', '2011-01-08+00'),
        (2, 2, 'o', 'LEAD', 10, 50, 'GBP', NULL, NULL, NULL, '2011-01-06+00', NULL);
    INSERT INTO opportunity_moves (opportunity_id, from_stage, to_stage, probability, moved_at) VALUES
        (1, NULL, 'LEAD', 10, '2011-01-05+00'), (1, 'LEAD', 'WON', 100, '2011-01-08+00');
    INSERT INTO shipments (id, source_system, source_id, order_id, warehouse_id, carrier, state, state_at, booked_at,
        shipped_at, delivered_at) VALUES
        (1, 'scm', '1', 1, 1, 'CJ', 'DELIVERED', '2010-12-03 08:26+00', '2010-12-01 10:00+00', '2010-12-02 08:26+00',
         '2010-12-03 20:26+00'),
        (2, 'scm', '2', 2, NULL, NULL, 'PREPARING', '2011-01-01+00', '2011-01-01+00', NULL, NULL);
    INSERT INTO shipment_lines (shipment_id, product_id, quantity) VALUES (1, 1, 6), (1, 2, 3);
    INSERT INTO stock_levels (id, product_id, warehouse_id, quantity, as_of, source_system) VALUES
        (1, 1, 1, 10, '2011-01-01+00', 'scm'), (2, 2, 2, 4, '2011-01-01+00', 'scm');
    UPDATE stock_levels SET quantity = 4, as_of = '2011-01-04+00' WHERE id = 1;
    UPDATE stock_levels SET quantity = 0, as_of = '2011-01-05+00' WHERE id = 1;
    PERFORM setval(pg_get_serial_sequence(t, 'id'), 100)
    FROM unnest(ARRAY['touchpoints', 'offers', 'offer_grants', 'cases', 'opportunities', 'shipments', 'stock_levels',
                      'warehouses', 'households']) AS t
"""
"""Of each fact a few that are whole, and one that leaves out all it may."""

BusyShop = tuple[Shop, Cube]
"""The shop with all of that, and its cube."""


@pytest.fixture(scope="session")
def busy(server: Server, admin: Callable[[str], None], template: str) -> Iterator[BusyShop]:
    """For tests that only look, or undo what they do."""
    admin(f"CREATE DATABASE busy_shop TEMPLATE {template} STRATEGY file_copy")
    with open_shop(server.url("busy_shop")) as shop:
        shop.run(ACTIVITY)
        with open_cube(shop.url) as cube:
            yield shop, cube
