"""What the head of a mart view may say, and what it is told where it says something else."""

import pytest

from olap.errors import ModelError
from olap.mart.heads import Narrow, head_of

ALLOWED = "-- @fact\n-- @monthly\n-- @follows order by order_id\n-- @column cost money not null\n"


def test_views_are_narrowed_by_the_roots_or_by_whom_another_names() -> None:
    head = head_of("months", f"{ALLOWED}-- @narrow members\n-- @narrow versions by person of members")

    assert head is not None
    assert head.narrow == (Narrow("members", None, None), Narrow("versions", "person", "members"))
    assert [each.where("id = 1") for each in head.narrow] == [
        "id = 1",
        "person IN (SELECT person FROM members)",
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("narrow a, b", "wanted: narrow <view>, or narrow <view> by <column> of <view>"),
        ("narrow a by b", "wanted: narrow <view>, or narrow <view> by <column> of <view>"),
        ("follows order", "wanted: follows <aggregate> by <column>"),
        ("column cost", "wanted: column <name> <type> [not null]"),
        ("facts", "known: fact, monthly, follows, narrow, column"),
    ],
)
def test_other_lines_are_refused(line: str, wanted: str) -> None:
    with pytest.raises(ModelError) as refused:
        head_of("months", f"{ALLOWED}-- @{line}")

    assert str(refused.value).startswith(f"the view months declares {line!r}; {wanted}")
