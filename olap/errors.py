"""What the cube refuses: `RequestError` is the caller's, `ModelError` is ours."""


class CubeError(Exception):
    """Base of all that the cube raises on purpose."""


class RequestError(CubeError):
    """The request names something that does not exist or breaks a rule; says what was given and what is allowed."""


class ModelError(CubeError):
    """The model or the mart is wrong: nothing that a caller could mend."""


class NeedsMemory(CubeError):
    """The query needs more memory, or disk beyond it, than a query may have."""

    def __init__(
        self,
        told: str = "the query needs more memory than it may have: ask for fewer cells or a narrower cut",
    ) -> None:
        super().__init__(told)


class MemoryTaken(CubeError):
    """Other queries held the memory each time that this one was tried."""

    def __init__(self, told: str = "other queries hold the cube's memory: ask again in a moment") -> None:
        super().__init__(told)


class TookTooLong(CubeError):
    """The query ran for as long as a query may, and was stopped."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"the query took longer than {seconds:g} s and was stopped: ask for fewer cells or a narrower cut"
        )
