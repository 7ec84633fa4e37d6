"""What is refused about products, categories, warehouses and stock."""

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class ProductNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such product"), *path)


class ProductCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("there is a product with the code {code} already", code=repr(code)), "code")


class ProductIdTaken(Conflict):
    """Another product has this external id: perhaps the two are one."""

    def __init__(self, system: str, external_id: str, *path: str | int) -> None:
        super().__init__(
            say(
                "another product has the id {id} in the system {system}",
                id=repr(external_id),
                system=repr(system),
            ),
            *path,
        )


class CategoryNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such category"), *path)


class CategoryNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("there is a category {name} at this place already", name=repr(name)), "name")


class CategoryCircle(Conflict):
    """A category cannot lie below itself."""

    def __init__(self, moved: str, target: str) -> None:
        super().__init__(
            say(
                "{target} lies in {moved}: a category cannot move below itself",
                target=repr(target),
                moved=repr(moved),
            ),
            "parent_id",
        )


class TreeTooDeep(Invalid):
    def __init__(self, levels: int, most: int) -> None:
        super().__init__(
            say(
                "the tree would be {levels} levels deep; at most {most} are allowed", levels=levels, most=most
            ),
            "parent_id",
        )


class WarehouseNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such warehouse"), *path)


class WarehouseCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("there is a warehouse with the code {code} already", code=repr(code)), "code")
