"""Strawberry's types are dataclasses whose methods are made when they are first needed."""

import dataclasses
from typing import Any

import pytest
import strawberry

from api.graphql.later import LATER


def types() -> tuple[Any, Any, Any]:
    """New types: an input, a type with a resolver, what is private and a `__repr__` of its own, and one below it."""

    @strawberry.input
    class Range:
        start: int
        end: int | None = strawberry.field(default=None)
        steps: list[int] = strawberry.field(default_factory=lambda: [1])

    @strawberry.type
    class Told:
        said: str
        sure: strawberry.Private[bool] = False

        def __post_init__(self) -> None:
            self.sure = self.said == "yes"

        def __repr__(self) -> str:
            return f"told {self.said}"

        @strawberry.field
        def loud(self) -> str:
            return self.said.upper()

    @strawberry.type
    class Again(Told):
        times: int = 2

    return Range, Told, Again


class TestLater:
    def test_no_method_is_compiled_before_one_is_called(self) -> None:
        range_, *_ = types()
        before = {vars(range_)[name].__code__.co_filename.rpartition("/")[2] for name in LATER}

        range_(start=1)

        assert before == {"later.py"}
        assert vars(range_)["__init__"].__code__.co_filename == "<string>"

    def test_fields_are_given_by_name_and_have_their_defaults(self) -> None:
        range_, *_ = types()
        one, other = range_(start=1), range_(start=1, end=5)

        assert (one.start, one.end, one.steps) == (1, None, [1])
        assert (other.start, other.end) == (1, 5)
        assert one.steps is not other.steps
        with pytest.raises(
            TypeError, match=r"Range\.__init__\(\) missing 1 required keyword-only argument: 'start'"
        ):
            range_()
        with pytest.raises(TypeError, match="unexpected keyword argument 'stop'"):
            range_(start=1, stop=2)
        with pytest.raises(TypeError, match="positional"):
            range_(1)

    def test_they_are_shown_and_compared_by_their_fields(self) -> None:
        range_, told, again = types()

        assert repr(range_(start=1)).endswith("Range(start=1, end=None, steps=[1])")
        assert range_(start=1) == range_(start=1)
        assert range_(start=1) != range_(start=2)
        assert told(said="a") != again(said="a")
        with pytest.raises(TypeError, match="unhashable"):
            hash(range_(start=1))

    def test_what_a_class_defines_itself_stays(self) -> None:
        _, told, _ = types()
        made = told(said="yes")

        assert repr(made) == "told yes"
        assert made.sure
        assert made.loud() == "YES"
        with pytest.raises(TypeError, match="unexpected keyword argument 'loud'"):
            told(said="yes", loud="no")

    def test_one_below_another_has_the_fields_of_both(self) -> None:
        _, told, again = types()
        below = again(said="yes", times=3)

        assert (below.said, below.times, below.sure) == ("yes", 3, True)
        assert told(said="no").said == "no"
        told.__init__(below, said="no")
        assert (below.said, below.times, below.sure) == ("no", 3, False)

    def test_a_copy_with_other_values_is_made_as_of_any_dataclass(self) -> None:
        range_, *_ = types()
        changed = dataclasses.replace(range_(start=1), end=9)

        assert dataclasses.asdict(changed) == {"start": 1, "end": 9, "steps": [1]}
