"""Writes the source that MiniJinja runs, and the tables that its calls point into.

Everything in it that looks at data is a call of ours, by names that begin with ``_``: paths, comparisons,
filters, lists, objects and texts. ``machine`` answers them. No text that a person typed stands in the source
except as an escaped literal.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flowstudio.engine import values
from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import filters, reader
from flowstudio.engine.expressions import tree as syntax
from flowstudio.engine.expressions.paths import Read
from flowstudio.engine.values import JSON

MAX_NESTING: Final = 60
"""Values inside one another, a row of filters among them: they are written and run by recursion."""

_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Source:
    """What a text was written into, and what can be said of it without running it."""

    id: int
    text: str  # as it was typed
    code: str  # for MiniJinja
    is_template: bool
    only_reads: bool  # a path and no more: its value is part of the scope, however large
    names: frozenset[str]  # the nodes that it reads
    payload_reads: tuple[int, ...]  # offsets of ``payload`` where a key of it must be there
    warnings: tuple[tuple[str, int], ...]  # what is surely meant otherwise, and the offset
    reads: tuple[Read, ...]
    helpers: tuple[tuple[str, filters.Helper], ...]
    texts: tuple[str, ...]
    places: tuple[int, ...]  # offsets that calls refer to by their number
    marks: tuple[tuple[int, int], ...]  # offset in the code → offset in the text

    def fault(self, message: str, at: int | None) -> ExpressionError:
        """An error at an offset of the text."""
        line, column = (None, None) if at is None else reader.place_of(self.text, at)
        return ExpressionError(message, line=line, column=column)


class Writer:
    """Writes the source, and the tables its calls point into."""

    def __init__(self, text: str, is_template: bool) -> None:
        self.text, self.is_template, self.only_reads = text, is_template, False
        self.code: list[str] = []
        self.length = self.nesting = 0
        self.names: set[str] = set()
        self.payload_reads: list[int] = []
        self.warnings: list[tuple[str, int]] = []
        self.reads: list[Read] = []
        self.helpers: list[tuple[str, filters.Helper]] = []
        self.texts: list[str] = []
        self.places: list[int] = []
        self.marks: list[tuple[int, int]] = []

    def written(self) -> Source:
        return Source(
            next(_ids),
            self.text,
            "".join(self.code),
            self.is_template,
            self.only_reads,
            frozenset(self.names),
            tuple(self.payload_reads),
            tuple(self.warnings),
            tuple(self.reads),
            tuple(self.helpers),
            tuple(self.texts),
            tuple(self.places),
            tuple(self.marks),
        )

    def put(self, text: str) -> None:
        self.code.append(text)
        self.length += len(text)

    def fault(self, message: str, at: int) -> ExpressionError:
        line, column = reader.place_of(self.text, at)
        return ExpressionError(message, line=line, column=column)

    def place(self, at: int) -> int:
        """The number by which a call refers to an offset of the text."""
        self.places.append(at)
        return len(self.places) - 1

    # Statements

    def captured(self, tree: syntax.Expr) -> None:
        self.only_reads = isinstance(tree, syntax.Path) and tree.root != "value"
        self.put("{{ (")
        self.expr(tree)
        self.put(")|capture }}")

    def parts(self, parts: Sequence[syntax.Part]) -> None:
        for part in parts:
            self.part(part)

    def part(self, part: syntax.Part) -> None:
        match part:
            case syntax.Text(text):
                self.texts.append(text)
                self.put(f"{{{{ _raw({len(self.texts) - 1}) }}}}")
            case syntax.Output(value):
                self.put("{{ ")
                self.as_text(value)
                self.put(" }}")
            case syntax.Set(name, value):
                self.put(f"{{% set v_{name} = ")
                self.expr(value)
                self.put(" %}")
            case syntax.If(branches, otherwise):
                for index, (condition, body) in enumerate(branches):
                    self.put("{% elif " if index else "{% if ")
                    self.expr(condition)
                    self.put(" %}")
                    self.parts(body)
                self.otherwise(otherwise, "endif")
            case syntax.For():
                self.loop(part)

    def otherwise(self, parts: Sequence[syntax.Part], end: str) -> None:
        if parts:
            self.put("{% else %}")
            self.parts(parts)
        self.put(f"{{% {end} %}}")

    def loop(self, part: syntax.For) -> None:
        self.put("{% for " + ", ".join(f"v_{name}" for name in part.targets))
        self.put(f" in _each({self.place(part.at)}, {len(part.targets)}, ")
        self.expr(part.value)
        self.put(")")
        if part.condition is not None:
            self.put(" if ")
            self.expr(part.condition)
        self.put(" %}")
        self.parts(part.body)
        self.otherwise(part.otherwise, "endfor")

    # Expressions: each writes something that stands for one value

    def expr(self, tree: syntax.Expr) -> None:
        self.marks.append((self.length, tree.at))
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fault(f"more than {MAX_NESTING} values or filters stand inside one another", tree.at)
        self.write(tree)
        self.nesting -= 1

    def write(self, tree: syntax.Expr) -> None:
        match tree:
            case syntax.Literal(value):
                self.put(_literal(value))
            case syntax.Path():
                self.path(tree, "_p", "_q")
            case syntax.LoopFact(name):
                if not name:
                    raise self.fault("loop is not a value; use loop.index and the like", tree.at)
                self.put(f"loop.{name}")
            case syntax.ListOf(items):
                self.call(f"_list({self.place(tree.at)}", items)
            case syntax.ObjectOf(pairs):
                self.call(f"_object({self.place(tree.at)}", [part for pair in pairs for part in pair])
            case syntax.Chain():
                self.chain(tree)
            case syntax.Prefixed(operator, operand):
                self.put(f"({operator} ")
                (self.expr if operator == "not" else self.as_scalar)(operand)
                self.put(")")
            case syntax.Compare():
                self.compare(tree)
            case syntax.Choice():
                self.choice(tree)
            case syntax.Slice(value, start, stop):
                nothing = syntax.Literal(None)
                self.call(f"_slice({self.place(tree.at)}", [value, start or nothing, stop or nothing])
            case syntax.Call():
                self.helper(tree)

    def call(self, opening: str, arguments: Sequence[syntax.Expr]) -> None:
        self.put(opening)
        for argument in arguments:
            self.put(", ")
            self.expr(argument)
        self.put(")")

    def as_text(self, tree: syntax.Expr) -> None:
        self.put(f"_text({self.place(tree.at)}, ")
        self.expr(tree)
        self.put(")")

    def as_scalar(self, tree: syntax.Expr) -> None:
        """MiniJinja's arithmetic also joins and repeats lists, as copies that we could not count."""
        if _is_calculated(tree):
            self.expr(tree)
            return
        self.put(f"_scalar({self.place(tree.at)}, ")
        self.expr(tree)
        self.put(")")

    def chain(self, tree: syntax.Chain) -> None:
        """Logic takes any value; ``~`` makes texts of them; arithmetic only has numbers and texts."""
        self.put("(")
        first = tree.rest[0][0]
        write = self.expr if first in ("and", "or") else self.as_text if first == "~" else self.as_scalar
        write(tree.first)
        for sign, operand in tree.rest:
            self.put(f" {sign} ")
            write(operand)
        self.put(")")

    def compare(self, tree: syntax.Compare) -> None:
        left, right = tree.left, tree.right
        if isinstance(left, syntax.Literal) and isinstance(right, syntax.Literal):
            kinds = {values.type_name(left.value), values.type_name(right.value)}
            if kinds == {"text", "number"}:
                self.warnings.append(("This compares text with a number, which fails in every run.", tree.at))
        self.call(f'_compare({self.place(tree.at)}, "{tree.operator}"', [left, right])

    def choice(self, tree: syntax.Choice) -> None:
        self.put("(")
        self.expr(tree.then)
        self.put(" if ")
        self.expr(tree.condition)
        self.put(" else ")
        self.expr(tree.otherwise or syntax.Literal(None))
        self.put(")")

    def path(
        self, tree: syntax.Path, constant: str, computed: str, extra: Sequence[syntax.Expr] = ()
    ) -> None:
        """A path as ``constant(number)``, or ``computed(number, root, key …)``; ``extra`` come first."""
        if tree.root == "local" and not tree.keys and constant == "_p":
            self.put(f"v_{tree.name}")
            return
        if tree.root == "node":
            self.names.add(tree.name)
        if tree.root == "payload" and tree.keys and constant == "_p":
            self.payload_reads.append(tree.at)
        keys = [key.value for key in tree.keys if isinstance(key, syntax.Literal)]
        is_constant = tree.root not in ("local", "value") and len(keys) == len(tree.keys)
        self.reads.append(
            Read(tree.root, tree.name, tuple(keys) if is_constant else None, tree.at, tree.text)
        )
        number = len(self.reads) - 1
        if is_constant:
            self.call(f"{constant}({number}", extra)
            return
        self.put(f"{computed}({number}")
        for argument in extra:
            self.put(", ")
            self.expr(argument)
        self.put(", ")
        if tree.value is not None:
            self.expr(tree.value)
        else:
            self.put(f"v_{tree.name}" if tree.root == "local" else "none")
        for key in tree.keys:
            self.put(", ")
            self.expr(key)
        self.put(")")

    def helper(self, tree: syntax.Call) -> None:
        name = filters.ALIASES.get(tree.name, tree.name)
        if tree.kind == "filter" and name == "default":
            self.default(tree)
        elif tree.kind == "test" and name in ("defined", "undefined"):
            self.defined(tree, name)
        elif tree.kind == "function":
            self.call(f"_range({self.place(tree.at)}", tree.arguments)
        else:
            self.table_helper(tree, name)

    def table_helper(self, tree: syntax.Call, name: str) -> None:
        table = filters.FILTERS if tree.kind == "filter" else filters.TESTS
        helper = table.get(name)
        if helper is None:
            raise self.fault(f"there is no {tree.kind} {tree.name!r}; there are {', '.join(table)}", tree.at)
        wrong = helper.takes(len(tree.arguments) - 1, tree.named)
        if wrong:
            raise self.fault(f"{name}: {wrong}", tree.at)
        self.helpers.append((name, helper))
        self.put(f"_apply({self.place(tree.at)}, {len(self.helpers) - 1}")
        for argument in tree.arguments:
            self.put(", ")
            self.expr(argument)
        for key, argument in tree.named.items():
            self.put(f", {key}=")
            self.expr(argument)
        self.put(")")

    def default(self, tree: syntax.Call) -> None:
        if tree.named or not 1 <= len(tree.arguments) <= 3:
            raise self.fault(
                "default takes a value, and true where an empty value counts as missing", tree.at
            )
        value, *rest = tree.arguments
        fallback = rest[0] if rest else syntax.Literal("")
        also_empty = rest[1] if len(rest) == 2 else syntax.Literal(False)
        if isinstance(value, syntax.Path):
            self.path(value, "_pd", "_qd", [fallback, also_empty])
        else:
            self.call("_or(0", [fallback, also_empty, value])

    def defined(self, tree: syntax.Call, name: str) -> None:
        value = tree.arguments[0]
        self.put("(not " if name == "undefined" else "(")
        if isinstance(value, syntax.Path):
            self.path(value, "_ph", "_qh")
        else:
            self.call("_known(0", [value])
        self.put(")")


def _is_calculated(tree: syntax.Expr) -> bool:
    """Whether it surely is a number or a text: a number as such, or what came out of arithmetic."""
    match tree:
        case syntax.Literal(value):
            return values.type_name(value) == "number"
        case syntax.Chain(rest=[(sign, _), *_]):
            return sign not in ("and", "or")
        case syntax.Prefixed(operator):
            return operator == "-"
    return False


def _literal(value: JSON) -> str:
    if isinstance(value, str):  # no delimiter of MiniJinja can stand in what is written
        return '"' + "".join(map(_escaped, value)) + '"'
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return repr(value)


def _escaped(mark: str) -> str:
    plain = mark.isalnum() or mark in " _.,:;/" or ord(mark) > 0xFF
    return mark if plain else f"\\u{ord(mark):04x}"
