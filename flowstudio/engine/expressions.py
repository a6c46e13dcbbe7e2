"""Conditions, templates and reshaping in a node's config: the one module that knows MiniJinja.

A text is read by ``syntax`` and written again as MiniJinja source in which everything that looks at data is
a call of ours: paths (so that a missing one is an error that names it), comparisons (text and number never
compare), filters, lists and objects. MiniJinja runs the logic, the arithmetic and the loops, under its fuel.

Its binding hands dicts over by reference, with their methods, and copies nested lists at every call, which
doubles until the memory is full. So it never sees either: it holds a :class:`View`, which has a length, and
items only where a loop walks over it. Payloads cannot be changed, because nothing that could is in reach.
"""

from __future__ import annotations

import functools
import itertools
import sys
import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import minijinja

from flowstudio.engine import filters, syntax, values
from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.filters import FilterRefused
from flowstudio.engine.values import JSON

FUEL: Final = 100_000
"""Instructions of MiniJinja that one evaluation may take."""
BUDGET: Final = 500_000
"""Units of our own calls: one each, one per part or 64 characters that they handle."""
MAX_OUTPUT: Final = 1_048_576
"""Characters that a template may give, and a result may hold."""
MAX_LOADED: Final = 8_192
_TOO_MUCH: Final = "This takes too many steps or makes too large a value."

_DEEP: Final = frozenset({"join", "rejectattr", "selectattr", "string", "tojson", "unique"})
"""Filters that follow a value with all its parts."""

_MISSING: Final = object()
_LARGEST: Final[Mapping[type, float]] = {int: values.MAX_INT, float: sys.float_info.max}


class View:
    """A list or object as MiniJinja holds it: it can tell its length, and a loop its items."""

    __slots__ = ("_machine", "value")

    def __init__(self, value: Any, machine: _Machine) -> None:
        self.value, self._machine = value, machine

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Any:
        if type(index) is not int or type(self.value) is not list:
            raise KeyError(index)
        return self._machine.wrap(self.value[index])


# To MiniJinja a registered Sequence is something with a length, which decides whether it counts as true.
Sequence.register(View)


@dataclass(frozen=True, slots=True)
class Read:
    """A path as it stands in a program: where it starts, its keys where they are constant, its text."""

    root: str
    name: str
    keys: tuple[str | int, ...] | None
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """A text compiled once; what graphs are checked with and what the machine runs."""

    id: int
    text: str
    source: str  # for MiniJinja
    is_template: bool
    only_reads: bool  # a path and no more: its value is part of the scope, however large
    names: frozenset[str]  # the nodes that it reads
    payload_reads: tuple[int, ...]  # offsets of ``payload`` where a key of it must be there
    warnings: tuple[tuple[str, int], ...]  # what is surely meant otherwise, and the offset
    reads: tuple[Read, ...]
    helpers: tuple[tuple[str, filters.Helper], ...]
    texts: tuple[str, ...]
    places: tuple[int, ...]  # offsets that calls refer to by their number
    marks: tuple[tuple[int, int], ...]  # offset in the source → offset in the text

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        """The value in this scope: ``payload``, ``event``, ``run``, ``now``, and ``nodes`` by name."""
        return _THREAD.machine.run(self, scope)

    def fault(self, message: str, at: int | None) -> ExpressionError:
        line, column = (None, None) if at is None else syntax.place_of(self.text, at)
        return ExpressionError(message, line=line, column=column)


class DataProgram:
    """JSON whose texts may be templates; one that is exactly one ``{{ expression }}`` keeps its type."""

    def __init__(self, value: JSON) -> None:
        self._value = value
        self._found: list[tuple[tuple[str | int, ...], Program]] = []
        self._tree = self._compile(value, ())
        self.names = frozenset[str]().union(*(program.names for _, program in self._found))

    @property
    def programs(self) -> Sequence[tuple[tuple[str | int, ...], Program]]:
        """Each compiled text with its path in the JSON."""
        return self._found

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        if not self._found:
            return self._value
        filled = self._fill(self._tree, scope)
        if _size_over(filled, MAX_OUTPUT):
            raise ExpressionError(_TOO_MUCH)
        return filled

    def _compile(self, value: JSON, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._compile(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._compile(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
            program = _text_program(value, path)
            self._found.append((path, program))
            return program
        return value

    def _fill(self, tree: Any, scope: Mapping[str, JSON], path: tuple[str | int, ...] = ()) -> JSON:
        if isinstance(tree, dict):
            return {key: self._fill(item, scope, (*path, key)) for key, item in tree.items()}
        if isinstance(tree, list):
            return [self._fill(item, scope, (*path, index)) for index, item in enumerate(tree)]
        if not isinstance(tree, Program):
            return tree
        try:
            return tree.evaluate(scope)
        except ExpressionError as error:
            raise _inside(path, error) from None


Compiled = Program | DataProgram


def compile_expression(text: str) -> Program:
    """One expression, whose value keeps its type."""
    return _compile(text, False)


def compile_template(text: str) -> Program:
    """Text with ``{{ … }}`` and ``{% … %}``; its value is a text."""
    return _compile(text, True)


def compile_data(value: JSON) -> DataProgram:
    """JSON whose texts may hold ``{{ … }}``."""
    return DataProgram(value)


def read_from_event(text: str, offsets: Sequence[int]) -> str:
    """A cure: the text with ``event.properties`` in place of ``payload`` at these offsets."""
    for at in sorted(offsets, reverse=True):
        text = text[:at] + "event.properties" + text[at + len("payload") :]
    return text


def _text_program(value: str, path: tuple[str | int, ...]) -> Program:
    """The program of one text of Data; its faults name the place in the JSON."""
    try:
        parts = syntax.parse_template(value)
        if len(parts) == 1 and isinstance(parts[0], syntax.Output) and value.strip()[-2:] == "}}":
            return _native(value)
        return _compile(value, True)
    except ExpressionError as error:
        raise _inside(path, error) from None


def _inside(path: tuple[str | int, ...], error: ExpressionError) -> ExpressionError:
    """An error of one text of Data, with the place of that text."""
    where = ".".join(str(part) for part in path)
    text = f"{where}: {error.message}" if where else error.message
    return ExpressionError(text, line=error.line, column=error.column)


@functools.lru_cache(maxsize=4096)
def _compile(text: str, is_template: bool) -> Program:
    writer = _Writer(text, is_template)
    if is_template:
        writer.parts(syntax.parse_template(text))
    else:
        writer.captured(syntax.parse_expression(text))
    return writer.program()


@functools.lru_cache(maxsize=4096)
def _native(text: str) -> Program:
    """A template that is one output, as the expression it holds: offsets stay those of the text."""
    (part,) = syntax.parse_template(text)
    assert isinstance(part, syntax.Output)
    writer = _Writer(text, False)
    writer.captured(part.value)
    return writer.program()


# ── From the tree to MiniJinja's source ─────────────────────────────────────────────────────────────

_ids = itertools.count(1)


class _Writer:
    """Writes the source, and the tables its calls point into."""

    def __init__(self, text: str, is_template: bool) -> None:
        self.text, self.is_template, self.only_reads = text, is_template, False
        self.source: list[str] = []
        self.length = 0
        self.names: set[str] = set()
        self.payload_reads: list[int] = []
        self.warnings: list[tuple[str, int]] = []
        self.reads: list[Read] = []
        self.helpers: list[tuple[str, filters.Helper]] = []
        self.texts: list[str] = []
        self.places: list[int] = []
        self.marks: list[tuple[int, int]] = []
        self.loops = 0

    def program(self) -> Program:
        return Program(
            next(_ids),
            self.text,
            "".join(self.source),
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
        self.source.append(text)
        self.length += len(text)

    def fault(self, message: str, at: int) -> ExpressionError:
        line, column = syntax.place_of(self.text, at)
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
        if isinstance(tree, syntax.Chain | syntax.Prefixed) or _is_number(tree):
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


def _is_number(tree: syntax.Expr) -> bool:
    return isinstance(tree, syntax.Literal) and values.type_name(tree.value) == "number"


def _literal(value: JSON) -> str:
    if isinstance(value, str):  # no delimiter of MiniJinja can stand in what is written
        return '"' + "".join(map(_escaped, value)) + '"'
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return repr(value)


def _escaped(mark: str) -> str:
    plain = mark.isalnum() or mark in " _.,:;/" or ord(mark) > 0xFF
    return mark if plain else f"\\u{ord(mark):04x}"


# ── Running it ──────────────────────────────────────────────────────────────────────────────────────


class _Machine:
    """MiniJinja with our calls, one per thread: the evaluation under way is its state."""

    def __init__(self) -> None:
        self.loaded: set[int] = set()
        self.program: Program
        self.scope: Mapping[str, JSON]
        self.left = 0
        self.output = 0
        self.result: JSON = None
        self.environment = minijinja.Environment(
            undefined_behavior="strict", pycompat=False, fuel=FUEL, debug=False, keep_trailing_newline=True
        )
        self.environment.remove_global("debug")
        self.environment.add_filter("capture", _callable(self.capture))
        for name, call in self.calls().items():
            self.environment.add_global(name, _callable(call))

    def calls(self) -> Mapping[str, Any]:
        return {
            "_p": self.path,
            "_q": self.computed_path,
            "_pd": self.path_or,
            "_qd": self.computed_path_or,
            "_ph": self.path_is_there,
            "_qh": self.computed_path_is_there,
            "_or": self.value_or,
            "_known": lambda number, value: True,
            "_compare": self.compare,
            "_list": self.list_of,
            "_object": self.object_of,
            "_slice": self.slice,
            "_apply": self.apply,
            "_range": self.range,
            "_each": self.each,
            "_scalar": self.scalar,
            "_text": self.text,
            "_raw": self.raw,
        }

    def run(self, program: Program, scope: Mapping[str, JSON]) -> JSON:
        if program.id not in self.loaded:
            self.load(program)
        self.program, self.scope = program, scope
        self.left, self.output = BUDGET, 0
        try:
            text = self.environment.render_template(str(program.id))
        except minijinja.TemplateError as error:
            raise self.explained(error) from None
        if program.is_template:
            return text
        result, self.result = self.result, None
        return result

    def load(self, program: Program) -> None:
        if len(self.loaded) >= MAX_LOADED:  # forgotten programs are loaded again when they are run again
            self.environment.clear_templates()
            self.loaded.clear()
        self.environment.add_template(str(program.id), program.source)
        self.loaded.add(program.id)

    def explained(self, error: minijinja.TemplateError) -> ExpressionError:
        """MiniJinja's error about the source, as one about the text that it was written from."""
        at = None
        if error.range is not None:
            index = bisect_right(self.program.marks, (error.range[0], len(self.program.text)))
            at = self.program.marks[max(0, index - 1)][1] if self.program.marks else None
        message = error.detail or error.message
        if "fuel" in error.message:
            message = _TOO_MUCH
        return self.program.fault(message.replace("sequence", "list or object"), at)

    # Values that cross the border

    def wrap(self, value: JSON) -> Any:
        kind = type(value)
        if kind is dict or kind is list:
            return View(value, self)
        if kind is str:
            self.spend(len(value) >> 6)
        return value

    def unwrap(self, value: Any) -> JSON:
        kind = type(value)
        if kind is View:
            return value.value
        if kind is str:
            self.spend(len(value) >> 6)
        elif kind in _LARGEST and not -_LARGEST[kind] <= value <= _LARGEST[kind]:  # nor where it is NaN
            raise ExpressionError("The result is a number that JSON cannot hold.")
        return value

    def spend(self, units: int) -> None:
        self.left -= units + 1
        if self.left < 0:
            raise ExpressionError(_TOO_MUCH)

    def weigh(self, value: JSON) -> None:
        """Refuse to follow a value with all its parts where shared ones make it endless."""
        self.spend(500)
        if _size_over(value, MAX_OUTPUT):
            raise ExpressionError(_TOO_MUCH)

    def fail(self, number: int, message: str) -> NoReturn:
        raise self.program.fault(message, self.program.places[number]) from None

    def capture(self, value: Any) -> str:
        result = self.unwrap(value)
        if type(value) is View and not self.program.only_reads:
            self.weigh(result)
        self.result = result
        return ""

    # Paths

    def path(self, number: int) -> Any:
        read = self.program.reads[number]
        return self.wrap(self.follow(read, self.root(read), read.keys or (), strict=True))

    def computed_path(self, number: int, root: Any, *keys: Any) -> Any:
        read = self.program.reads[number]
        start = self.root(read) if read.root not in ("local", "value") else self.unwrap(root)
        return self.wrap(self.follow(read, start, keys, strict=True))

    def path_or(self, number: int, fallback: Any, also_empty: Any) -> Any:
        return self.value_or(number, fallback, also_empty, self.sought(number, None))

    def computed_path_or(self, number: int, fallback: Any, also_empty: Any, root: Any, *keys: Any) -> Any:
        return self.value_or(number, fallback, also_empty, self.sought(number, root, *keys))

    def path_is_there(self, number: int) -> bool:
        return self.sought(number, None) is not _MISSING

    def computed_path_is_there(self, number: int, root: Any, *keys: Any) -> bool:
        return self.sought(number, root, *keys) is not _MISSING

    def value_or(self, number: int, fallback: Any, also_empty: Any, value: Any) -> Any:
        found = value if value is _MISSING else self.unwrap(value)
        return fallback if found is _MISSING or (also_empty and not found) else self.wrap(found)

    def sought(self, number: int, root: Any, *keys: Any) -> JSON:
        """What a path leads to, or _MISSING."""
        read = self.program.reads[number]
        start = self.unwrap(root) if read.root in ("local", "value") else self.root(read, strict=False)
        if start is _MISSING:
            return start
        return self.follow(read, start, keys if read.keys is None else read.keys, strict=False)

    def root(self, read: Read, strict: bool = True) -> JSON:
        if read.root != "node":
            return self.scope[read.root]
        sent = self.scope["nodes"]
        if read.name in sent:
            return sent[read.name]
        if strict:
            text = f'node("{read.name}") has sent nothing in this run'
            raise self.program.fault(f"{text}; test it with ‘is defined’", read.at)
        return _MISSING

    def follow(self, read: Read, value: JSON, keys: Sequence[Any], *, strict: bool) -> JSON:
        self.spend(len(keys))
        for index, key in enumerate(keys):
            kind = type(value)
            if kind is dict:
                found = value.get(key, _MISSING) if type(key) is str else _MISSING
            elif kind is list and type(key) is int and -len(value) <= key < len(value):
                found = value[key]
            else:
                found = _MISSING
            if found is not _MISSING:
                value = found
            elif strict:
                raise self.missing(read, value, keys, index)
            else:
                return _MISSING
        return value

    def missing(self, read: Read, value: JSON, keys: Sequence[Any], index: int) -> ExpressionError:
        """The error of a path that leads nowhere: what is missing, and what there is instead."""
        start = {"node": f'node("{read.name}")', "local": read.name, "value": "the value"}.get(
            read.root, read.root
        )
        parent = str(keys[index - 1]) if index else start
        full = start + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys[: index + 1])
        return self.program.fault(f"{full} is missing: {parent} {_inventory(value)}", read.at)

    # Everything else

    def compare(self, number: int, sign: str, left: Any, right: Any) -> bool:
        left, right = self.unwrap(left), self.unwrap(right)
        for value in (left, right):
            if isinstance(value, dict | list):
                self.weigh(value)
        try:
            if sign in ("in", "not in"):
                return filters.contains(right, left) is (sign == "in")
            return filters.compare(sign, left, right)
        except FilterRefused as error:
            self.fail(number, str(error))

    def list_of(self, number: int, *items: Any) -> Any:
        self.spend(len(items))
        return View([self.unwrap(item) for item in items], self)

    def object_of(self, number: int, *parts: Any) -> Any:
        self.spend(len(parts))
        found = [self.unwrap(part) for part in parts]
        if not all(isinstance(key, str) for key in found[::2]):
            self.fail(number, "the keys of an object must be texts")
        return View(dict(zip(found[::2], found[1::2], strict=True)), self)

    def slice(self, number: int, value: Any, start: Any, stop: Any) -> Any:
        found = self.unwrap(value)
        if not isinstance(found, str | list):
            self.fail(
                number, f"a part can be taken of a text or a list, and this is {values.type_name(found)}"
            )
        if not all(part is None or type(part) is int for part in (start, stop)):
            self.fail(number, "a part is taken from one whole number to another")
        self.spend(len(found) >> 4)
        return self.wrap(found[start:stop])

    def apply(self, number: int, helper_number: int, value: Any, *arguments: Any, **named: Any) -> Any:
        name, helper = self.program.helpers[helper_number]
        found = self.unwrap(value)
        if isinstance(found, dict | list):
            self.spend(len(found))
            if name in _DEEP:
                self.weigh(found)
        given = [self.unwrap(argument) for argument in arguments]
        if name in ("replace", "regex_replace", "join"):
            self.limit_growth(name, found, given, named)
        try:
            result = filters.apply(
                name, helper, found, given, {key: self.unwrap(item) for key, item in named.items()}
            )
        except FilterRefused as error:
            self.fail(number, str(error))
        if isinstance(result, dict | list):
            self.spend(len(result))
        return self.wrap(result)

    def limit_growth(self, name: str, value: JSON, given: Sequence[JSON], named: Mapping[str, JSON]) -> None:
        """Refuse beforehand what would put a long text in very many places."""
        longest = max((len(part) for part in (*given, *named.values()) if isinstance(part, str)), default=0)
        if isinstance(value, str | list) and len(value) * longest > 32 * MAX_OUTPUT:
            raise ExpressionError(_TOO_MUCH)

    def range(self, number: int, *bounds: Any) -> Any:
        if not 1 <= len(bounds) <= 3 or not all(type(bound) is int for bound in bounds) or bounds[2:] == (0,):
            self.fail(number, "range takes one to three whole numbers")
        found = range(*bounds)
        if len(found) > filters.MAX_RANGE:
            self.fail(number, f"range gives at most {filters.MAX_RANGE:,} numbers")
        self.spend(len(found))
        return View(list(found), self)

    def each(self, number: int, targets: int, value: Any) -> Any:
        """What a loop walks over: the items of a list, the keys of an object."""
        found = self.unwrap(value)
        if not isinstance(found, dict | list):
            self.fail(number, f"a loop walks over a list or an object, and this is {values.type_name(found)}")
        self.spend(len(found))
        items = list(found)
        if targets > 1 and not all(isinstance(item, list) and len(item) == targets for item in items):
            self.fail(
                number, f"a loop with {targets} names wants lists of {targets} items, such as |items gives"
            )
        return View(items, self)

    def scalar(self, number: int, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            kind = values.type_name(self.unwrap(value))
            self.fail(
                number, f"this is {'null' if value is None else f'a {kind}'}, which cannot be calculated with"
            )
        return value

    def text(self, number: int, value: Any) -> str:
        found = self.unwrap(value)
        if type(value) is View:
            self.weigh(found)
        return self.counted(filters.to_text(found))

    def raw(self, number: int) -> str:
        return self.counted(self.program.texts[number])

    def counted(self, text: str) -> str:
        self.spend(len(text) >> 6)
        self.output += len(text)
        if self.output > MAX_OUTPUT:
            raise ExpressionError(f"The text is longer than {MAX_OUTPUT:,} characters.")
        return text


def _callable(function: Callable[..., Any]) -> Any:
    """A function as MiniJinja calls it; the mark spares a failing look-up at every call."""
    call = functools.partial(function)
    call.__minijinja_pass_state__ = False  # type: ignore[attr-defined]
    return call


class _Thread(threading.local):
    """What each thread has of its own."""

    def __init__(self) -> None:
        self.machine = _Machine()


_THREAD = _Thread()


def _size_over(value: JSON, limit: int) -> bool:
    """Whether a value would be written in more characters; shared parts count each time, and soon end it."""
    level, depth, size = [value], 0, 0
    while level:
        below: list[JSON] = []
        for item in level:
            if isinstance(item, str):
                size += len(item)
            elif isinstance(item, dict):
                size += sum(map(len, item))
                below += item.values()
            elif isinstance(item, list):
                below += item
            if len(below) > limit or size > limit:
                return True
        size += 2 * len(below)
        depth += 1
        if size > limit or depth > values.MAX_DEPTH:
            return True
        level = below
    return False


def _inventory(value: JSON) -> str:
    """What there is where something was looked for."""
    if isinstance(value, dict):
        keys = list(value)
        shown = ", ".join(keys[:10]) + (f" and {len(keys) - 10} more" if len(keys) > 10 else "")
        return f"has {shown}" if keys else "is an empty object"
    if isinstance(value, list):
        return f"is a list of {len(value)}"
    kind = values.type_name(value)
    return "is null" if value is None else f"is a {kind}"
