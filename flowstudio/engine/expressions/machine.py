"""Runs a source on MiniJinja: the one module that knows it.

Its binding hands dicts over by reference, with their methods, and copies nested lists at every call, which
doubles until the memory is full. So it never sees either: it holds a :class:`View`, which has a length, and
items only where a loop walks over it. Payloads cannot be changed, because nothing that could is in reach.
"""

from __future__ import annotations

import functools
import sys
import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

import minijinja

from flowstudio.engine import values
from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import filters, paths
from flowstudio.engine.expressions.filters import FilterRefused
from flowstudio.engine.expressions.paths import MISSING, Read
from flowstudio.engine.expressions.writer import Source
from flowstudio.engine.values import JSON

FUEL: Final = 100_000
"""Instructions of MiniJinja that one evaluation may take."""
BUDGET: Final = 240_000
"""Units that all texts of one field may take together: one for each part or 64 characters that a call of ours
handles. A unit is worth 0.2 µs, so that an evaluation ends within 100 ms; 1,000 items with four filters each
take a fifth."""
CALL: Final = 8
"""Units of a call itself, about 1.5 µs."""
RENDER: Final = 100
"""Units of starting MiniJinja on one text of many, about 20 µs."""
MATCH: Final = 30
"""Units of a place that a regular expression finds."""
PATTERN: Final = 5_000
"""Units of a regular expression that this evaluation has not used before: RE2 has to compile it."""
MAX_OUTPUT: Final = 1_048_576
"""Characters that a template may give, and a result may hold."""
MAX_LOADED: Final = 1_024
"""Sources that a thread's MiniJinja keeps compiled."""
TOO_MUCH: Final = "This takes too many steps or makes too large a value."

_DEEP: Final = frozenset({"join", "rejectattr", "selectattr", "string", "tojson", "unique"})
"""Filters that follow a value with all its parts."""

_LARGEST: Final[Mapping[type, float]] = {int: values.MAX_INT, float: sys.float_info.max}


class View:
    """A list or object as MiniJinja holds it: it can tell its length, and a loop its items."""

    __slots__ = ("_machine", "value")

    def __init__(self, value: Any, machine: Machine) -> None:
        self.value, self._machine = value, machine

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Any:
        if type(index) is not int or type(self.value) is not list:
            raise KeyError(index)
        self._machine.spend(self._machine.round_cost)
        return self._machine.wrap(self.value[index])


# To MiniJinja a registered Sequence is something with a length, which decides whether it counts as true.
Sequence.register(View)


class Machine:
    """MiniJinja with our calls, one per thread: the evaluation under way is its state."""

    def __init__(self) -> None:
        self.loaded: set[int] = set()
        self.source: Source
        self.scope: Mapping[str, JSON]
        self.left = self.output = self.round_cost = 0
        self.patterns: set[JSON] = set()
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

    def run(self, source: Source, scope: Mapping[str, JSON], budget: int = BUDGET) -> JSON:
        self.source, self.scope = source, scope
        self.left, self.output = budget, 0
        self.round_cost = len(source.marks) >> 2  # a loop's body may hold so much that is no call of ours
        self.patterns.clear()
        try:
            if source.id not in self.loaded:
                self.load(source)
            text = self.environment.render_template(str(source.id))
        except minijinja.TemplateError as error:
            raise self.explained(error) from None
        except BaseException as error:
            if type(error).__name__ == "PanicException":  # Rust's: no Exception, and of no importable class
                raise ExpressionError("MiniJinja failed on this.") from error
            raise
        if source.is_template:
            return text
        result, self.result = self.result, None
        return result

    def load(self, source: Source) -> None:
        if len(self.loaded) >= MAX_LOADED:  # forgotten programs are loaded again when they are run again
            self.environment.clear_templates()
            self.loaded.clear()
        self.environment.add_template(str(source.id), source.code)
        self.loaded.add(source.id)

    def explained(self, error: minijinja.TemplateError) -> ExpressionError:
        """MiniJinja's error about the source, as one about the text that it was written from."""
        at = None
        if error.range is not None:
            index = bisect_right(self.source.marks, (error.range[0], len(self.source.text)))
            at = self.source.marks[max(0, index - 1)][1] if self.source.marks else None
        message = error.detail or error.message
        if "fuel" in error.message:
            message = TOO_MUCH
        return self.source.fault(message.replace("sequence", "list or object"), at)

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
        self.left -= units + CALL
        if self.left < 0:
            raise ExpressionError(TOO_MUCH)

    def weigh(self, value: JSON) -> None:
        """Refuse to follow a value with all its parts where shared ones make it endless."""
        weight = values.weight(value, MAX_OUTPUT)
        if weight is None:
            raise ExpressionError(TOO_MUCH)
        self.spend(weight >> 1)

    def fail(self, number: int, message: str) -> NoReturn:
        raise self.source.fault(message, self.source.places[number]) from None

    def capture(self, value: Any) -> str:
        result = self.unwrap(value)
        if type(value) is View and not self.source.only_reads:
            self.weigh(result)
        self.result = result
        return ""

    # Paths

    def path(self, number: int) -> Any:
        read = self.source.reads[number]
        return self.reached(read, paths.root_of(read, self.scope), read.keys or ())

    def computed_path(self, number: int, root: Any, *keys: Any) -> Any:
        read = self.source.reads[number]
        return self.reached(read, self.start(read, root), keys)

    def reached(self, read: Read, start: JSON, keys: Sequence[Any]) -> Any:
        self.spend(len(keys))
        value = paths.follow(start, keys)
        if value is MISSING:
            raise self.source.fault(paths.missing(read, start, keys), read.at)
        return self.wrap(value)

    def path_or(self, number: int, fallback: Any, also_empty: Any) -> Any:
        return self.value_or(number, fallback, also_empty, self.sought(number, None))

    def computed_path_or(self, number: int, fallback: Any, also_empty: Any, root: Any, *keys: Any) -> Any:
        return self.value_or(number, fallback, also_empty, self.sought(number, root, *keys))

    def path_is_there(self, number: int) -> bool:
        return self.sought(number, None) is not MISSING

    def computed_path_is_there(self, number: int, root: Any, *keys: Any) -> bool:
        return self.sought(number, root, *keys) is not MISSING

    def value_or(self, number: int, fallback: Any, also_empty: Any, value: Any) -> Any:
        found = value if value is MISSING else self.unwrap(value)
        return fallback if found is MISSING or (also_empty and not found) else self.wrap(found)

    def sought(self, number: int, root: Any, *keys: Any) -> JSON:
        """What a path leads to, or MISSING."""
        read = self.source.reads[number]
        self.spend(len(keys))
        return paths.follow(self.start(read, root), keys if read.keys is None else read.keys)

    def start(self, read: Read, root: Any) -> JSON:
        return self.unwrap(root) if read.root in ("local", "value") else paths.root_of(read, self.scope)

    # Everything else

    def compare(self, number: int, sign: str, left: Any, right: Any) -> bool:
        left, right = self.unwrap(left), self.unwrap(right)
        for value in (left, right):
            if isinstance(value, dict | list):
                self.weigh(value)
        try:
            if sign in ("in", "not in"):
                self.spend(len(right) if isinstance(right, list) else 0)
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
                number, f"a part can be taken of a text or a list, and this is {filters.with_article(found)}"
            )
        if not all(part is None or type(part) is int for part in (start, stop)):
            self.fail(number, "a part is taken from one whole number to another")
        self.spend(len(found) >> 4)
        return self.wrap(found[start:stop])

    def apply(self, number: int, helper_number: int, value: Any, *arguments: Any, **named: Any) -> Any:
        name, helper = self.source.helpers[helper_number]
        found = self.unwrap(value)
        if isinstance(found, dict | list):
            self.spend(len(found) * (8 if name == "unique" else 1))
            if name in _DEEP:
                self.weigh(found)
        given = [self.unwrap(argument) for argument in arguments]
        if name in ("replace", "regex_replace", "join"):
            self.limit_growth(name, found, given, named)
        if name.startswith("regex_"):
            self.note_pattern(given, named)
        try:
            result = filters.apply(
                name, helper, found, given, {key: self.unwrap(item) for key, item in named.items()}
            )
        except FilterRefused as error:
            self.fail(number, str(error))
        if isinstance(result, dict | list):
            self.spend(len(result) * (MATCH if name == "regex_find" else 1))
        return self.wrap(result)

    def note_pattern(self, given: Sequence[JSON], named: Mapping[str, JSON]) -> None:
        pattern = given[0] if given else named.get("pattern")
        if isinstance(pattern, str) and pattern not in self.patterns:
            self.patterns.add(pattern)
            self.spend(PATTERN)

    def limit_growth(self, name: str, value: JSON, given: Sequence[JSON], named: Mapping[str, JSON]) -> None:
        """Refuse beforehand what would put a long text in very many places."""
        longest = max((len(part) for part in (*given, *named.values()) if isinstance(part, str)), default=0)
        if isinstance(value, str | list) and len(value) * longest > 32 * MAX_OUTPUT:
            raise ExpressionError(TOO_MUCH)

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
            self.fail(
                number, f"a loop walks over a list or an object, and this is {filters.with_article(found)}"
            )
        self.spend(len(found))
        items = list(found)
        if targets > 1 and not all(isinstance(item, list) and len(item) == targets for item in items):
            self.fail(
                number, f"a loop with {targets} names wants lists of {targets} items, such as |items gives"
            )
        return View(items, self)

    def scalar(self, number: int, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            found = filters.with_article(self.unwrap(value))
            self.fail(number, f"this is {found}, which cannot be calculated with")
        return value

    def text(self, number: int, value: Any) -> str:
        found = self.unwrap(value)
        if type(value) is View:
            self.weigh(found)
        return self.counted(filters.to_text(found))

    def raw(self, number: int) -> str:
        return self.counted(self.source.texts[number])

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
        self.machine = Machine()


_THREAD = _Thread()


def run(source: Source, scope: Mapping[str, JSON]) -> JSON:
    """The value of a source in a scope, by this thread's machine."""
    return _THREAD.machine.run(source, scope)


class Purse:
    """A budget that the texts of one evaluation share."""

    def __init__(self) -> None:
        self.left = BUDGET

    def run(self, source: Source, scope: Mapping[str, JSON]) -> JSON:
        """The value of a source in a scope, paid from what is left."""
        value = _THREAD.machine.run(source, scope, self.left)
        self.left = _THREAD.machine.left - RENDER
        return value
