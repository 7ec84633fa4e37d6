"""Strawberry's types get the methods of a dataclass when one is first made, shown or compared.

To compile `__init__`, `__repr__` and `__eq__` for 690 types took a sixth of the time in which a process starts, and to
find out twice what their fields are another twentieth (measured). Most types are never made one of: their rows are
written by SQL.

Imported before any type is declared.
"""

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types import object_type
from strawberry.types.field import StrawberryField

LATER = ("__init__", "__repr__", "__eq__")


class _Dataclasses:
    """The module `dataclasses`, as the module sees it in which Strawberry makes a class one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(dataclasses, name)

    @staticmethod
    def dataclass(*, kw_only: bool) -> Callable[[type], type]:
        """All its fields are given by name."""
        assert kw_only
        return declared


def declared(cls: type) -> type:
    """The class is a dataclass whose methods are made later."""
    cls.__doc__ = cls.__doc__ or cls.__name__  # else its signature is worked out for one
    hints = cls.__annotations__
    cls.__annotations__ = {name: _hint(cls, name, hint) for name, hint in hints.items()}
    try:
        dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
    finally:
        cls.__annotations__ = hints
    if "__hash__" not in vars(cls):
        cls.__hash__ = None  # type: ignore[assignment]  # as of every dataclass that compares and may change
    for name in LATER:
        if name not in vars(cls):
            setattr(cls, name, _later(cls, name))
    return cls


def _hint(cls: type, name: str, hint: Any) -> Any:
    """What a field is, with the names of its module: what Strawberry has found out without them, it finds out again."""
    if isinstance(hint, StrawberryAnnotation) or not isinstance(vars(cls).get(name), StrawberryField):
        return hint
    return StrawberryAnnotation(hint, namespace=vars(sys.modules[cls.__module__]))


def _later(cls: type, name: str) -> Callable[..., Any]:
    """The method `name` of the class, which makes itself when it is first called."""

    def method(self: Any, *given: Any, **named: Any) -> Any:
        made = getattr(_compiled(cls), name)
        made.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, made)
        return made(self, *given, **named)

    return method


def _compiled(cls: type) -> type:
    """A dataclass with the same fields, whose methods suit the class."""
    fields = [(each.name, object, _alike(each)) for each in dataclasses.fields(cls)]
    namespace = {"__post_init__": None} if hasattr(cls, "__post_init__") else {}
    return dataclasses.make_dataclass(cls.__name__, fields, kw_only=True, namespace=namespace)


def _alike(field: "dataclasses.Field[Any]") -> Any:
    made: Any = dataclasses.field
    is_made_anew = field.default_factory is not dataclasses.MISSING
    default = {"default_factory": field.default_factory} if is_made_anew else {"default": field.default}
    return made(init=field.init, repr=field.repr, compare=field.compare, **default)


object_type.dataclasses = _Dataclasses()  # type: ignore[attr-defined, assignment]  # it asks its module for it by this name
