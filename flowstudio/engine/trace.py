"""What a run leaves behind: its steps, and the one who takes them down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flowstudio.engine.plugins import Command
from flowstudio.engine.values import JSON


@dataclass(slots=True)
class StepRecord:
    """One execution of one node, filled in while it happens."""

    node: str
    plugin: str
    iteration: str = ""
    attempts: int = 1
    status: str = "running"
    queued: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    input: JSON = None
    outputs: dict[str, JSON] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    log: list[dict[str, str]] = field(default_factory=list)
    background_run: str | None = None


class Sink(Protocol):
    """Takes the steps of a run. All methods are called on the run's event loop."""

    def started(self, step: StepRecord) -> None:
        """An effectful node begins; its status is ``running``."""

    def logged(self, step: StepRecord) -> None:
        """A line was added to ``step.log`` of a node that runs."""

    def ended(self, step: StepRecord) -> None:
        """An effect-free node has a result, or a running node was cancelled.

        May be stored later, but not later than with the next commit.
        """

    async def commit(
        self, step: StepRecord, commands: Sequence[Command], carried: Mapping[str, JSON]
    ) -> None:
        """An effectful node has a result: it is stored, with its commands, when this returns.

        ``carried`` is what the expressions behind this node read through ``node("Name")``, for the
        background run that a ``Submit`` starts; its id goes to ``step.background_run``. Raises
        CommandRefused (nothing was stored; the node fails with it) or StaleRun (the run is given up).
        """

    async def transact(
        self, step: StepRecord, work: Callable[[], Sequence[Command]], carried: Mapping[str, JSON]
    ) -> None:
        """Call ``work`` on a thread and store the result it gives the step, in one database transaction.

        ``work`` runs the node, fills the step in and returns its commands. What it raises rolls everything
        back and is raised again. Otherwise as ``commit``.
        """


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in for running a node: a result restored from the journal, or a pin in a test.

    ``error`` with empty ``outputs`` is a failure that ended its branch. ``background_run`` marks a node
    whose background port was handed over. ``record``: also sent to the sink as a step (pins).
    """

    outputs: Mapping[str, JSON]
    error: dict[str, Any] | None = None
    background_run: str | None = None
    record: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: ``succeeded``, or ``failed`` with the first failure that nobody handled."""

    status: str
    steps: int
    error: dict[str, Any] | None = None
