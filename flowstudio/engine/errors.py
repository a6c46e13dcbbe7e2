"""What can go wrong in a graph and in a run, as classes whose text is written for its reader."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


class FlowStudioError(Exception):
    """Base of all expected failures; anything else is a bug and keeps its traceback."""


@dataclass(frozen=True, slots=True)
class Cure:
    """A one-click repair of a problem: put ``value`` at ``path`` of the node's config."""

    title: str
    node: str
    path: tuple[str | int, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a graph, and the place where it is.

    ``path`` leads from the node (or the document, when ``node`` and ``edge`` are None) to the field,
    e.g. ``("config", "condition")``. A ``warning`` does not keep a graph from being published.
    """

    code: str
    message: str
    node: str | None = None
    edge: str | None = None
    path: tuple[str | int, ...] = ()
    severity: str = "error"  # or "warning"
    cures: tuple[Cure, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class GraphInvalid(FlowStudioError):
    """A graph that cannot run; ``problems`` names each reason at its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class ExpressionError(FlowStudioError):
    """An expression that cannot be compiled or evaluated.

    ``line`` and ``column`` count from 1 and point into the expression's text; None where unknown.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(message)


class NodeFailed(FlowStudioError):
    """A plugin raises this to fail its node with a message meant for people, without a traceback."""


class CommandRefused(FlowStudioError):
    """A command of a step (a background run, an event) could not be stored; nothing was written."""


class StaleRun(FlowStudioError):
    """Another worker has claimed this run: the fencing token is out of date; stop and write nothing."""


class StepBudgetExceeded(FlowStudioError):
    """The run took more steps than its budget allows."""


class RunTimedOut(FlowStudioError):
    """The run took longer than it may."""


class NodeTimedOut(FlowStudioError):
    """An attempt at a node took longer than its settings allow."""
