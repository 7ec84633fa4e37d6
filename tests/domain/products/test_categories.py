"""The tree of categories: names, moves, no circles, and the ways to the top that triggers keep."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.errors import DomainError, Invalid, StaleVersion
from domain.products.categories import MOST_LEVELS, CategoryDetails, create_category, update_category
from domain.products.errors import CategoryCircle, CategoryNameTaken, CategoryNotFound, TreeTooDeep

TREE = """INSERT INTO categories (id, parent_id, name) VALUES
    (4, 3, '커피'), (1, NULL, '식품'), (2, 1, '음료'), (3, 2, '따뜻한'), (5, NULL, '생활')"""


async def _paths(session: AsyncSession) -> dict[int, list[int]]:
    """Each category with what it lies in, from itself upwards."""
    found = await session.execute(
        text("SELECT category_id, array_agg(ancestor_id ORDER BY depth) FROM category_paths GROUP BY 1")
    )
    return {row[0]: row[1] for row in found}


@pytest.fixture
async def tree(session: AsyncSession) -> AsyncSession:
    await session.execute(text(TREE))
    await session.execute(text("SELECT setval(pg_get_serial_sequence('categories', 'id'), 100)"))
    return session


class TestPaths:
    async def test_one_statement_may_bring_children_before_their_parents(self, tree: AsyncSession) -> None:
        assert await _paths(tree) == {1: [1], 2: [2, 1], 3: [3, 2, 1], 4: [4, 3, 2, 1], 5: [5]}

    async def test_a_move_takes_along_all_that_lies_below(self, tree: AsyncSession) -> None:
        await update_category(tree, 2, changes={"parent_id": 5}, expected_version=1)

        assert await _paths(tree) == {1: [1], 2: [2, 5], 3: [3, 2, 5], 4: [4, 3, 2, 5], 5: [5]}

    async def test_none_moves_it_to_the_top(self, tree: AsyncSession) -> None:
        await update_category(tree, 3, changes={"parent_id": None}, expected_version=1)

        assert await _paths(tree) == {1: [1], 2: [2, 1], 3: [3], 4: [4, 3], 5: [5]}

    async def test_two_moves_in_one_statement_are_both_seen(self, tree: AsyncSession) -> None:
        await tree.execute(
            text("UPDATE categories SET parent_id = CASE id WHEN 2 THEN 5 ELSE 1 END WHERE id IN (2, 4)")
        )

        assert await _paths(tree) == {1: [1], 2: [2, 5], 3: [3, 2, 5], 4: [4, 1], 5: [5]}

    async def test_a_circle_is_refused_whoever_writes(self, tree: AsyncSession) -> None:
        with pytest.raises(IntegrityError, match="would lie below itself"):
            await tree.execute(text("UPDATE categories SET parent_id = 4 WHERE id = 1"))

    async def test_what_is_deleted_has_no_way(self, tree: AsyncSession) -> None:
        await tree.execute(text("DELETE FROM categories WHERE id = 4"))

        assert 4 not in await _paths(tree)


class TestCreateCategory:
    async def test_it_stands_below_its_parent(self, tree: AsyncSession) -> None:
        made = await create_category(
            tree, details={"name": "홍차", "english_name": "Black tea", "parent_id": 3}
        )

        assert (await _paths(tree))[made] == [made, 3, 2, 1]

    @pytest.mark.parametrize("parent_id", [2, None], ids=["below", "at the top"])
    async def test_a_name_is_given_once_at_a_place(self, tree: AsyncSession, parent_id: int | None) -> None:
        name = "따뜻한" if parent_id else "생활"

        with pytest.raises(CategoryNameTaken, match=name):
            await create_category(tree, details={"name": name, "parent_id": parent_id})

        await create_category(tree, details={"name": "after a refusal the transaction goes on"})

    @pytest.mark.parametrize(
        ("details", "path"),
        [({}, ("name",)), ({"name": ""}, ("name",)), ({"name": "x", "parent_id": 99}, ("parent_id",))],
        ids=range(3),
    )
    async def test_what_breaks_a_rule_is_refused_with_its_place(
        self, tree: AsyncSession, details: CategoryDetails, path: tuple[str, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await create_category(tree, details=details)

        assert refused.value.path == path

    async def test_a_tree_ends_at_fifty_levels(self, session: AsyncSession) -> None:
        await session.execute(
            text(
                "INSERT INTO categories (id, parent_id, name)"
                " SELECT n, nullif(n - 1, 0), n FROM generate_series(1, 50) n"
            )
        )

        with pytest.raises(TreeTooDeep, match="51 levels"):
            await create_category(session, details={"name": "x", "parent_id": MOST_LEVELS})


class TestUpdateCategory:
    async def test_it_never_moves_below_itself(self, tree: AsyncSession) -> None:
        for below in (1, 3, 4):
            with pytest.raises(CategoryCircle):
                await update_category(tree, 1, changes={"parent_id": below}, expected_version=1)

    async def test_a_deep_branch_does_not_move_too_deep(self, tree: AsyncSession) -> None:
        await tree.execute(
            text(
                "INSERT INTO categories (id, parent_id, name)"
                " SELECT n, CASE n WHEN 10 THEN 5 ELSE n - 1 END, n FROM generate_series(10, 56) n"
            )
        )

        with pytest.raises(TreeTooDeep, match="51 levels"):
            await update_category(tree, 2, changes={"parent_id": 56}, expected_version=1)

    async def test_a_name_of_a_neighbour_is_taken(self, tree: AsyncSession) -> None:
        with pytest.raises(CategoryNameTaken):
            await update_category(tree, 5, changes={"name": "식품"}, expected_version=1)

    async def test_a_stale_version_and_an_absent_category_are_told(self, tree: AsyncSession) -> None:
        with pytest.raises(StaleVersion):
            await update_category(tree, 1, changes={"name": "x"}, expected_version=2)
        with pytest.raises(CategoryNotFound):
            await update_category(tree, 99, changes={"name": "x"}, expected_version=1)

    async def test_its_names_and_places_are_kept(self, engine: AsyncEngine) -> None:
        async def step(*statements: str) -> None:
            async def work(session: AsyncSession) -> None:
                for statement in statements:
                    await session.execute(text(statement))

            await run(engine, work, origin="test")

        async def change(session: AsyncSession) -> None:
            await update_category(session, 2, changes={"name": "마실 것", "parent_id": 5}, expected_version=1)

        await step(TREE)
        await run(engine, change, origin="test")

        async with AsyncSession(engine) as session:
            found = await session.execute(
                text(
                    "SELECT name, parent_id, valid_to IS NULL AS open FROM category_versions"
                    " WHERE category_id = 2 ORDER BY valid_from"
                )
            )
            assert [tuple(row) for row in found] == [("음료", 1, False), ("마실 것", 5, True)]

    async def test_of_two_moves_that_close_a_circle_together_one_is_refused(
        self, engine: AsyncEngine
    ) -> None:
        async def begin(session: AsyncSession) -> None:
            await session.execute(text("INSERT INTO categories (id, name) VALUES (1, 'a'), (2, 'b')"))

        async def move(category_id: int, parent_id: int) -> Any:
            async def work(session: AsyncSession) -> None:
                await update_category(
                    session, category_id, changes={"parent_id": parent_id}, expected_version=1
                )
                await asyncio.sleep(0.05)

            try:
                await run(engine, work, origin="test")
            except DomainError as refused:
                return type(refused)
            return None

        await run(engine, begin, origin="test")

        outcomes = await asyncio.gather(move(1, 2), move(2, 1))

        assert sorted(outcomes, key=str) == [CategoryCircle, None]
