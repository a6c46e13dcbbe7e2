"""Conditions, templates and reshaping in a node's config.

A text is read into a tree (``reader``) and written again as a source (``writer``) that MiniJinja runs
(``machine``). The two simplest and most frequent shapes, a path and a comparison of one with a constant, are
answered here without it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from flowstudio.engine import values
from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import filters, machine, paths, reader
from flowstudio.engine.expressions import tree as syntax
from flowstudio.engine.expressions.machine import MAX_OUTPUT, TOO_MUCH
from flowstudio.engine.expressions.writer import Source, Writer
from flowstudio.engine.values import JSON

__all__ = [
    "MAX_OUTPUT",
    "Compiled",
    "DataProgram",
    "TextProgram",
    "compile_data",
    "compile_expression",
    "compile_template",
    "read_from_event",
]

Path: TypeAlias = tuple[str | int, ...]
Run: TypeAlias = Callable[[Source, Mapping[str, JSON]], JSON]

CACHED: Final = 1024
"""Texts of each kind that are kept compiled: the same ones are asked for at every check and plan."""


class TextProgram:
    """A text compiled once."""

    __slots__ = ("_comparison", "_reads_only", "names", "source")

    def __init__(self, source: Source, tree: syntax.Expr | None = None) -> None:
        self.source = source
        self.names = source.names
        self._reads_only = isinstance(tree, syntax.Path) and _is_constant(source)
        self._comparison = _comparison(source, tree)

    def evaluate(self, scope: Mapping[str, JSON], run: Run = machine.run) -> JSON:
        """The value in a scope: ``payload``, ``event``, ``run``, ``now``, and ``nodes`` by name."""
        if self._comparison is not None:
            sign, constant = self._comparison
            try:
                return filters.compare(sign, self._read(scope), constant)
            except filters.FilterRefused as error:
                raise self.source.fault(str(error), self.source.places[0]) from None
        return self._read(scope) if self._reads_only else run(self.source, scope)

    def _read(self, scope: Mapping[str, JSON]) -> JSON:
        read = self.source.reads[0]
        assert read.keys is not None
        start = paths.root_of(read, scope)
        value = paths.follow(start, read.keys)
        if value is paths.MISSING:
            raise self.source.fault(paths.missing(read, start, read.keys), read.at)
        return value


class DataProgram:
    """JSON whose texts may be templates; one that is exactly one ``{{ expression }}`` keeps its type."""

    __slots__ = ("_tree", "_value", "names", "programs")

    def __init__(self, value: JSON) -> None:
        self._value = value
        self.programs: list[tuple[Path, TextProgram]] = []  # each compiled text with its path in the JSON
        self._tree = self._compile(value, ())
        self.names = frozenset[str]().union(*(program.names for _, program in self.programs))

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        """The JSON with its texts filled in; see :meth:`TextProgram.evaluate`."""
        if not self.programs:
            return self._value
        filled = _fill(self._tree, scope, (), machine.Purse().run)
        if values.is_larger(filled, MAX_OUTPUT):
            raise ExpressionError(TOO_MUCH)
        return filled

    def _compile(self, value: JSON, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: self._compile(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._compile(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
            try:
                program = _compile_text(value)
            except ExpressionError as error:
                raise _inside(path, error) from None
            self.programs.append((path, program))
            return program
        return value


Compiled: TypeAlias = TextProgram | DataProgram


@functools.lru_cache(maxsize=CACHED)
def compile_expression(text: str) -> TextProgram:
    """One expression, whose value keeps its type."""
    return _captured(text, reader.parse_expression(text))


@functools.lru_cache(maxsize=CACHED)
def compile_template(text: str) -> TextProgram:
    """Text with ``{{ … }}`` and ``{% … %}``; its value is a text."""
    return _written(text, reader.parse_template(text))


def compile_data(value: JSON) -> DataProgram:
    """JSON whose texts may hold ``{{ … }}``."""
    return DataProgram(value)


def read_from_event(text: str, offsets: Sequence[int]) -> str:
    """A cure: the text with ``event.properties`` in place of ``payload`` at these offsets."""
    for at in sorted(offsets, reverse=True):
        text = text[:at] + "event.properties" + text[at + len("payload") :]
    return text


@functools.lru_cache(maxsize=CACHED)
def _compile_text(text: str) -> TextProgram:
    """A text of Data: the value of its one expression, or else a template."""
    parts = reader.parse_template(text)
    if len(parts) == 1 and isinstance(parts[0], syntax.Output):
        return _captured(text, parts[0].value)
    return _written(text, parts)


def _captured(text: str, tree: syntax.Expr) -> TextProgram:
    writer = Writer(text, is_template=False)
    writer.captured(tree)
    return TextProgram(writer.written(), tree)


def _written(text: str, parts: Sequence[syntax.Part]) -> TextProgram:
    writer = Writer(text, is_template=True)
    writer.parts(parts)
    return TextProgram(writer.written())


def _fill(tree: Any, scope: Mapping[str, JSON], path: Path, run: Run) -> JSON:
    if isinstance(tree, dict):
        return {key: _fill(item, scope, (*path, key), run) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_fill(item, scope, (*path, index), run) for index, item in enumerate(tree)]
    if not isinstance(tree, TextProgram):
        return tree
    try:
        return tree.evaluate(scope, run)
    except ExpressionError as error:
        raise _inside(path, error) from None


def _inside(path: Path, error: ExpressionError) -> ExpressionError:
    """An error of one text of Data, with the place of that text."""
    where = ".".join(str(part) for part in path)
    text = f"{where}: {error.message}" if where else error.message
    return ExpressionError(text, line=error.line, column=error.column)


def _is_constant(source: Source) -> bool:
    return len(source.reads) == 1 and source.reads[0].keys is not None


def _comparison(source: Source, tree: syntax.Expr | None) -> tuple[str, JSON] | None:
    """The sign and constant of ``path sign constant``; None for any other shape."""
    if not isinstance(tree, syntax.Compare) or tree.operator not in filters.SIGNS:
        return None
    if isinstance(tree.left, syntax.Path) and isinstance(tree.right, syntax.Literal) and _is_constant(source):
        return tree.operator, tree.right.value
    return None
