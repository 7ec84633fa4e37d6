"""Selections without GraphQL: one statement, bound values, and who asks in every part of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.branches.model import Branch
from domain.branches.queries import branches
from domain.customers.model import Customer
from domain.customers.queries import customers, visible_to
from domain.reads import Busy, Reads
from domain.roles import Role, Scope
from domain.selection import ids, tree
from domain.selection.compile import compiled
from domain.selection.entities import DESC, Entity, Term
from domain.selection.filters import Compares, Every, Not, Quantifier, Related
from domain.selection.run import read, read_in
from domain.selection.statement import BadValue
from domain.selection.subjects import Seen
from domain.selection.values import Given, Later, Several
from domain.touchpoints.queries import touchpoints, touchpoints_of_customer

NAMES = (tree.Nodes("nodes", (tree.Shown("name", customers.name),)),)


def page(
    filter_: Any = None, order: tuple[Term, ...] = (), window: tree.Window | None = None
) -> tree.Selection:
    rows = tree.Rows(customers, filter=filter_)
    return (tree.Page("found", rows, order or (Term(customers.name),), window or tree.Window(10), NAMES),)


async def names(session: AsyncSession, selection: tree.Selection, **variables: Any) -> str:
    return await read_in(session, compiled(selection, SYSTEM), variables, SYSTEM, Seen())


@pytest.fixture
async def three(session: AsyncSession) -> AsyncSession:
    """A session that has added three customers and not committed."""
    await session.execute(insert(Customer), [{"name": name} for name in ("나", "가", "다")])
    return session


class TestReadingInATransaction:
    async def test_its_own_changes_are_seen(self, three: AsyncSession) -> None:
        assert await names(three, page()) == '{"found":{"nodes":[{"name":"가"},{"name":"나"},{"name":"다"}]}}'

    async def test_values_told_later_fill_the_same_statement(self, three: AsyncSession) -> None:
        statement = compiled(page(Compares(customers.name, "eq", Later(("asked", 0)))), SYSTEM)

        first = await read_in(three, statement, {"asked": ["가"]}, SYSTEM, Seen())
        second = await read_in(three, statement, {"asked": ["없다"]}, SYSTEM, Seen())

        assert (first, second) == ('{"found":{"nodes":[{"name":"가"}]}}', '{"found":{"nodes":[]}}')

    async def test_a_list_may_be_told_in_part(self, three: AsyncSession) -> None:
        several = Several((Given("가"), Later(("other",))))

        answer = await names(three, page(Compares(customers.name, "in", several)), other="다")

        assert answer == '{"found":{"nodes":[{"name":"가"},{"name":"다"}]}}'

    async def test_columns_that_differ_in_direction_order_together(self, three: AsyncSession) -> None:
        order = (Term(customers.kind), Term(customers.name, DESC))

        assert (
            await names(three, page(order=order))
            == '{"found":{"nodes":[{"name":"다"},{"name":"나"},{"name":"가"}]}}'
        )


class TestStatements:
    def test_no_value_stands_in_the_text(self) -> None:
        secret = "'; DROP TABLE customers --"

        statement = compiled(page(Compares(customers.name, "contains", Given(secret))), SYSTEM)

        assert "DROP" not in statement.sql
        assert secret in statement.bound({}, SYSTEM)

    def test_a_bad_value_names_its_place(self) -> None:
        statement = compiled(
            page(Compares(customers.id, "eq", Later(("id",), "customers.filter.id.eq"))), SYSTEM
        )

        with pytest.raises(BadValue, match=r"^customers\.filter\.id\.eq: 'x' is not an id of this API"):
            statement.bound({"id": "x"}, SYSTEM)

    @pytest.mark.parametrize("scope", [Scope.OWN, Scope.BRANCH])
    def test_every_table_that_is_read_is_narrowed_by_who_asks(self, scope: Scope) -> None:
        actor = Actor(subject="kim", role=Role.AGENT, scope=scope, user_id=1, branch_ids=frozenset({1}))
        nested = tree.Page(
            "t",
            tree.Rows(touchpoints_of_customer.target(), touchpoints_of_customer),
            (),
            tree.Window(1),
            (tree.Count("n"),),
        )
        selection = (
            tree.Page(
                "c",
                tree.Rows(customers),
                (),
                tree.Window(1),
                (tree.Nodes("nodes", (nested,)), tree.Count("n")),
            ),
        )

        sql = compiled(selection, actor).sql

        reads = sql.count("FROM customers AS") + sql.count("FROM touchpoints AS")
        assert reads == 4, (
            "the page, its count, the nested count, and the customer that the nested count looks at"
        )
        assert sql.count("$1::BIGINT") == 4

    def test_a_column_that_is_not_there_is_named(self) -> None:
        with pytest.raises(AttributeError, match="Entity has no column 'nope'"):
            _ = Entity("Customer", Customer.__table__).nope

    def test_a_column_that_an_attribute_of_the_entity_hides_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"Thing has columns that .* hide: \['type_name'\]"):
            Entity("Thing", select(Customer.__table__.c.name.label("type_name")).subquery())


class TestVisibility:
    async def test_the_condition_serves_commands_too(self, three: AsyncSession) -> None:
        nobody = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=None)

        seen = await three.scalars(select(Customer.name).where(visible_to(nobody)))

        assert list(seen) == []


class TestLostConnections:
    async def test_a_read_is_asked_again_when_its_connection_was_cut(
        self, reads: Reads, database: str
    ) -> None:
        statement = compiled(page(), SYSTEM)
        await read(reads, statement, {}, SYSTEM, Seen())
        killer = await asyncpg.connect(database)
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await killer.close()

        assert await read(reads, statement, {}, SYSTEM, Seen()) == '{"found":{"nodes":[]}}'

    async def test_a_pool_without_a_free_connection_is_busy_and_not_silent(self, reads: Reads) -> None:
        held = [
            asyncio.create_task(reads.value("SELECT pg_sleep(7.5)", [])) for _ in range(reads.get_max_size())
        ]
        await asyncio.sleep(1)
        began = datetime.now(UTC)

        with pytest.raises(Busy):
            await read(reads, compiled(page(), SYSTEM), {}, SYSTEM, Seen())

        assert (datetime.now(UTC) - began).total_seconds() < 6
        for each in held:
            each.cancel()
        await asyncio.gather(*held, return_exceptions=True)


class TestFiltersByAKey:
    """What is asked of a row that a foreign key names, and that everybody sees, is asked of the key."""

    BRANCH = Related(customers.home_branch, Compares(branches.id, "eq", Given(ids.made("Branch", 7))))
    AGENT = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)

    def test_nobody_looks_at_a_branch_that_everybody_sees(self) -> None:
        assert "FROM branches" not in compiled(page(self.BRANCH), SYSTEM).sql
        assert "FROM branches" not in compiled(page(Every((self.BRANCH,))), self.AGENT).sql

    @pytest.mark.parametrize(
        "filter_",
        [
            Related(customers.home_branch, Every(())),
            Related(customers.home_branch, Compares(branches.name, "eq", Given("x"))),
            Related(customers.home_branch, Not(Compares(branches.id, "eq", Given(ids.made("Branch", 7))))),
            Related(customers.home_branch, Compares(branches.id, "eq", Given("x")), Quantifier.NONE),
        ],
    )
    def test_what_the_key_does_not_say_is_looked_at(self, filter_: Any) -> None:
        assert "FROM branches" in compiled(page(filter_), SYSTEM).sql

    def test_a_customer_that_the_asker_may_not_see_is_not_found_by_the_key(self) -> None:
        asked = Related(touchpoints.customer, Compares(customers.id, "eq", Given(ids.made("Customer", 7))))
        rows = tree.Rows(touchpoints, filter=asked)
        selection = (tree.Page("t", rows, (), tree.Window(1), (tree.Count("n"),)),)

        assert "FROM customers" not in compiled(selection, SYSTEM).sql
        assert compiled(selection, self.AGENT).sql.count("FROM customers") == 2, (
            "of the filter, and of the row"
        )

    async def test_a_customer_without_a_branch_is_on_the_other_side(self, three: AsyncSession) -> None:
        [key] = await three.scalars(
            insert(Branch).values(code="x", name="x", kind="SHOP").returning(Branch.id)
        )
        await three.execute(update(Customer).where(Customer.name == "나").values(home_branch_id=key))
        here = Related(customers.home_branch, Compares(branches.id, "eq", Given(ids.made("Branch", key))))

        assert await names(three, page(here)) == '{"found":{"nodes":[{"name":"나"}]}}'
        assert await names(three, page(Not(here))) == '{"found":{"nodes":[{"name":"가"},{"name":"다"}]}}'
