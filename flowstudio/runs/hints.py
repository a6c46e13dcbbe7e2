"""Hints to the runner of this process: a run wants to start, a run shall stop.

Only hints: the rows are the truth, and a runner's tick finds what no hint told it. A module of its own,
so that what stores runs need not know what runs them.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol
from uuid import UUID

from django.db import transaction


class Runner(Protocol):
    def wake(self, run_id: UUID) -> None: ...
    def abort(self, run_id: UUID) -> None: ...


_runners: tuple[Runner, ...] = ()


def attach(runner: Runner) -> Callable[[], None]:
    """Send hints to ``runner``; returns what detaches it."""
    global _runners
    _runners = (*_runners, runner)
    return partial(_detach, runner)


def _detach(runner: Runner) -> None:
    global _runners
    _runners = tuple(known for known in _runners if known is not runner)


def wake(run_id: UUID) -> None:
    for runner in _runners:
        runner.wake(run_id)


def abort(run_id: UUID) -> None:
    for runner in _runners:
        runner.abort(run_id)


def wake_on_commit(run_id: UUID) -> None:
    transaction.on_commit(partial(wake, run_id), robust=True)


def abort_on_commit(run_id: UUID) -> None:
    transaction.on_commit(partial(abort, run_id), robust=True)
