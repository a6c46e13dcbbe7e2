"""The tree of an expression or template, as ``reader`` reads it and ``writer`` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flowstudio.engine.values import JSON


@dataclass(slots=True)
class Literal:
    value: JSON
    at: int = 0


@dataclass(slots=True)
class Path:
    """A root with keys: ``payload.lines[0].sku``, ``node("Fetch").status``, ``item.name``.

    ``root`` is one of ROOTS, ``"node"``, ``"local"``, or ``"value"`` (keys of any other expression).
    """

    root: str
    name: str  # the name of the node or local variable
    keys: list[Expr]
    at: int
    value: Expr | None = None  # where the root is any other expression
    text: str = ""  # as it was typed, for messages


@dataclass(slots=True)
class LoopFact:
    name: str
    at: int


@dataclass(slots=True)
class ListOf:
    items: list[Expr]
    at: int


@dataclass(slots=True)
class ObjectOf:
    pairs: list[tuple[Expr, Expr]]
    at: int


@dataclass(slots=True)
class Chain:
    """Operands of one rank in a row, so that a long sum does not become a deep tree."""

    first: Expr
    rest: list[tuple[str, Expr]]
    at: int


@dataclass(slots=True)
class Prefixed:
    operator: str  # "not" or "-"
    operand: Expr
    at: int


@dataclass(slots=True)
class Compare:
    operator: str  # == != < <= > >= in, "not in"
    left: Expr
    right: Expr
    at: int


@dataclass(slots=True)
class Choice:
    condition: Expr
    then: Expr
    otherwise: Expr | None
    at: int


@dataclass(slots=True)
class Call:
    """A filter (with the value first), a test or a function."""

    kind: str
    name: str
    arguments: list[Expr]
    named: dict[str, Expr]
    at: int


@dataclass(slots=True)
class Slice:
    value: Expr
    start: Expr | None
    stop: Expr | None
    at: int


Expr: TypeAlias = (
    Literal | Path | LoopFact | ListOf | ObjectOf | Chain | Prefixed | Compare | Choice | Call | Slice
)


@dataclass(slots=True)
class Text:
    text: str


@dataclass(slots=True)
class Output:
    value: Expr


@dataclass(slots=True)
class If:
    branches: list[tuple[Expr, list[Part]]]
    otherwise: list[Part]


@dataclass(slots=True)
class For:
    targets: list[str]
    value: Expr
    condition: Expr | None
    body: list[Part]
    otherwise: list[Part]
    at: int


@dataclass(slots=True)
class Set:
    name: str
    value: Expr


Part: TypeAlias = Text | Output | If | For | Set
