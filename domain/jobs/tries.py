"""How often a job is tried, and when again: at most five times, then it has failed, visibly.

A refusal of the domain is final: the same input would be refused again. What others held up (Busy, TooSlow) is not.
"""

from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from domain.db import TooSlow
from domain.errors import DomainError
from domain.reads import Busy

MOST_TRIES = 5
PAUSES = (1, 5, 30, 120)
"""Seconds before the second, third, fourth and fifth try."""


class TryFailed(Exception):
    """A try ended in an error, which was noted; only its class is told on, since its text may quote a person."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(type(cause).__name__)
        self.final = isinstance(cause, DomainError) and not isinstance(cause, (Busy, TooSlow))


class GivenBack(Exception):
    """The worker stops: another one takes the job over."""


class Tries(BaseRetryStrategy):
    """When a job whose try ended with `exception` is tried again; None when it is not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, GivenBack):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, JobAborted) or (isinstance(exception, TryFailed) and exception.final):
            return None
        if job.attempts + 1 >= MOST_TRIES:
            return None
        return RetryDecision(retry_in={"seconds": PAUSES[job.attempts]})
