"""The filters, tests and functions of expressions, as plain functions of JSON values.

They raise FilterRefused with a sentence for the person who typed the expression. None of them changes what
it is given; regular expressions are RE2's, which cannot be made to run away.
"""

from __future__ import annotations

import functools
import hashlib
import html
import inspect
import itertools
import math
import operator
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import re2

from flowstudio.engine import values
from flowstudio.engine.values import JSON

MAX_RANGE: Final = 10_000
MAX_FOUND: Final = 5_000
"""Matches that regex_find gives: each costs 6 µs."""
HASHES: Final = ("sha256", "sha512", "sha1", "md5")


class FilterRefused(ValueError):
    """A filter cannot work with what it was given."""


def compare(sign: str, left: JSON, right: JSON) -> bool:
    """The comparison signs. Text and number never compare: ``"50" > 100`` is a mistake, not a fact."""
    kind = type(left)
    if kind is type(right) and (kind is str or kind is int or kind is float):
        return bool(SIGNS[sign](left, right))
    kinds = _kind(left), _kind(right)
    if set(kinds) == {"text", "number"}:
        raise FilterRefused(
            f"text cannot be compared with a number ({_shown(left)} {sign} {_shown(right)}); "
            "use |int, |float or |string on one side"
        )
    if sign in ("==", "!="):
        return (kinds[0] == kinds[1] and bool(left == right)) is (sign == "==")
    if kinds[0] != kinds[1] or kinds[0] not in ("text", "number"):
        raise FilterRefused(
            f"{with_article(left)} and {with_article(right)} have no order, so {sign} cannot compare them"
        )
    return bool(SIGNS[sign](left, right))


def contains(container: JSON, item: JSON) -> bool:
    """``in``: a part of a text, an item of a list, a key of an object."""
    if isinstance(container, str) and isinstance(item, str):
        return item in container
    if isinstance(container, list):
        if item not in container:  # the fast answer; but to Python, 1 is in [true]
            return False
        kind = _kind(item)
        return any(_kind(other) == kind and other == item for other in container)
    if isinstance(container, dict) and isinstance(item, str):
        return item in container
    raise FilterRefused(f"{with_article(item)} cannot be looked for in {with_article(container)}")


def to_text(value: JSON) -> str:
    """How a value reads in a text: nothing for null, JSON's words for the rest."""
    if isinstance(value, str):
        return value
    return "" if value is None else values.encode(value).decode()


SIGNS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" "))


def _truncate(text: str, length: int = 255, end: str = "…") -> str:
    return text if len(text) <= length else text[: max(0, length - len(end))] + end


def _replace(text: str, old: str, new: str) -> str:
    if not old:
        raise FilterRefused("replace wants a text to look for")
    return text.replace(old, new)


def _split(text: str, separator: str | None = None) -> JSON:
    if separator == "":
        raise FilterRefused("split wants a separator")
    return text.split(separator)


def _hash(text: str, algorithm: str = "sha256") -> str:
    if algorithm not in HASHES:
        raise FilterRefused(f"hash knows {', '.join(HASHES)}")
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


@functools.lru_cache(maxsize=64)
def _pattern(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 2 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise FilterRefused(f"the regular expression {pattern!r} is not valid: {reason}") from None


def _regex_match(text: str, pattern: str) -> bool:
    return _pattern(pattern).search(text) is not None


def _regex_find(text: str, pattern: str) -> JSON:
    """The first group of each match, or the match where there is no group."""
    compiled = _pattern(pattern)
    matches = list(itertools.islice(compiled.finditer(text), MAX_FOUND + 1))
    if len(matches) > MAX_FOUND:
        raise FilterRefused(f"regex_find finds at most {MAX_FOUND:,} places, and here are more")
    return [match.group(1 if compiled.groups else 0) for match in matches]


def _regex_replace(text: str, pattern: str, new: str) -> str:
    return str(_pattern(pattern).sub(new, text))


# ── Numbers ─────────────────────────────────────────────────────────────────────────────────────────


def _round(number: float, precision: int = 0) -> JSON:
    """Half away from zero, as on paper; Python's own rounding makes 2 of 2.5."""
    if not -15 <= precision <= 15:
        raise FilterRefused("round takes a precision from -15 to 15")
    factor = 10.0**precision
    rounded = math.copysign(math.floor(abs(number) * factor + 0.5) / factor, number)
    return rounded if precision > 0 else int(rounded)


def _int(value: JSON, default: JSON = None) -> JSON:
    return _number(
        value, lambda text: int(float(text)) if "." in text or "e" in text.lower() else int(text), default
    )


def _float(value: JSON, default: JSON = None) -> JSON:
    return _number(value, float, default)


def _number(value: JSON, read: Callable[[str], float], default: JSON) -> JSON:
    try:
        if isinstance(value, str | int | float):
            number = read(str(int(value) if isinstance(value, bool) else value).strip())
            if math.isfinite(number) and abs(number) <= values.MAX_INT:
                return number
    except (ValueError, OverflowError):
        pass
    if default is not None:
        return default
    raise FilterRefused(f"{_shown(value)} is not a number")


# ── Lists and objects ───────────────────────────────────────────────────────────────────────────────


def _first(items: JSON) -> JSON:
    return _end(items, 0, "first")


def _last(items: JSON) -> JSON:
    return _end(items, -1, "last")


def _end(items: JSON, index: int, name: str) -> JSON:
    if not items:
        raise FilterRefused(f"{name} finds nothing in an empty {values.type_name(items)}")
    return items[index]


def _sum(items: list[JSON], attribute: str | None = None) -> JSON:
    numbers = _map(items, attribute) if attribute else items
    for number in numbers:
        if _kind(number) != "number":
            raise FilterRefused(f"sum adds numbers, and found {_shown(number)}")
    return sum(numbers)


def _extreme(name: str, choose: Callable[[list[JSON]], JSON]) -> Callable[[list[JSON]], JSON]:
    def extreme(items: list[JSON]) -> JSON:
        _one_kind(name, items)
        return choose(items)

    return extreme


def _sort(items: list[JSON], reverse: bool = False, attribute: str | None = None) -> JSON:
    keys = _map(items, attribute) if attribute else items
    if keys:
        _one_kind("sort", keys)
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=reverse)
    return [items[index] for index in order]


def _one_kind(name: str, items: list[JSON]) -> None:
    kinds = {_kind(item) for item in items}
    if len(kinds) != 1 or not kinds <= {"text", "number"}:
        raise FilterRefused(f"{name} wants a list that is all numbers or all texts, and not an empty one")


def _unique(items: list[JSON]) -> JSON:
    seen: dict[bytes, JSON] = {}
    for item in items:
        seen.setdefault(values.encode(item), item)
    return list(seen.values())


def _map(items: list[JSON], attribute: str) -> list[JSON]:
    return [_attribute(item, attribute) for item in items]


def _attribute(item: JSON, attribute: str) -> JSON:
    for key in attribute.split("."):
        if not isinstance(item, dict) or key not in item:
            raise FilterRefused(f"{attribute} is missing in an item: {_shown(item)}")
        item = item[key]
    return item


def _selectattr(items: list[JSON], attribute: str, sign: str = "==", wanted: JSON = True) -> JSON:
    return [item for item in items if _holds(_attribute(item, attribute), sign, wanted)]


def _rejectattr(items: list[JSON], attribute: str, sign: str = "==", wanted: JSON = True) -> JSON:
    return [item for item in items if not _holds(_attribute(item, attribute), sign, wanted)]


def _holds(value: JSON, sign: str, wanted: JSON) -> bool:
    if sign == "in":
        return contains(wanted, value)
    if sign not in SIGNS:
        raise FilterRefused(f"{sign!r} is not a comparison; there are ==, !=, <, <=, >, >= and in")
    return compare(sign, value, wanted)


def _join(items: list[JSON], separator: str = "") -> str:
    return separator.join(to_text(item) for item in items)


def _items(value: dict[str, JSON]) -> JSON:
    return [[key, item] for key, item in value.items()]


def _list(value: JSON) -> JSON:
    return list(value)


# ── Dates: ISO 8601 texts ───────────────────────────────────────────────────────────────────────────

_DATE_FORMAT: Final = re.compile(r"(?:[^%]|%[aAbBdHIjmMpSyYfzZ%]){,200}")


def _time(value: JSON) -> datetime:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        elif _kind(value) == "number":
            moment = datetime.fromtimestamp(value, UTC)
        else:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise FilterRefused(f"{_shown(value)} is not a time such as 2026-05-01T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _date(value: JSON, format: str = "%Y-%m-%d") -> str:
    if not _DATE_FORMAT.fullmatch(format):
        raise FilterRefused(f"{format!r} is not a date format such as %d.%m.%Y %H:%M")
    return _time(value).strftime(format)


def _plus(
    value: JSON, weeks: float = 0, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
) -> str:
    return _moved(value, 1, timedelta(days, seconds, minutes=minutes, hours=hours, weeks=weeks))


def _minus(
    value: JSON, weeks: float = 0, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
) -> str:
    return _moved(value, -1, timedelta(days, seconds, minutes=minutes, hours=hours, weeks=weeks))


def _moved(value: JSON, direction: int, by: timedelta) -> str:
    return _iso(_time(value) + direction * by)


def _timestamp(value: JSON) -> float:
    return _time(value).timestamp()


# ── The tables ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Helper:
    """A filter or test: the kinds of value that it works on (none: any), and its function."""

    function: Callable[..., Any]
    kinds: tuple[str, ...] = ()

    def takes(self, count: int, names: Iterable[str]) -> str | None:
        """What is wrong with being called with so many arguments behind the value; None if nothing."""
        try:
            self.signature().bind(None, *[None] * count, **dict.fromkeys(names))
        except TypeError as error:
            return str(error)
        return None

    def signature(self) -> inspect.Signature:
        return inspect.signature(self.function)


def apply(
    name: str, helper: Helper, value: JSON, arguments: Sequence[JSON], named: Mapping[str, JSON]
) -> JSON:
    """Call a filter or test; whatever goes wrong is said in words."""
    if helper.kinds and _kind(value) not in helper.kinds:
        raise FilterRefused(f"{name} wants {' or '.join(helper.kinds)}, and this is {with_article(value)}")
    try:
        return helper.function(value, *arguments, **named)
    except FilterRefused:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise FilterRefused(f"{name} cannot work with these arguments: {error}") from None


_TEXT: Final = ("text",)
_NUMBER: Final = ("number",)
_LIST: Final = ("list",)
_OBJECT: Final = ("object",)
_PARTS: Final = ("text", "list", "object")

FILTERS: Final[Mapping[str, Helper]] = {
    "abs": Helper(abs, _NUMBER),
    "bool": Helper(lambda value: bool(value)),
    "capitalize": Helper(lambda text: text.capitalize(), _TEXT),
    "count": Helper(len, _PARTS),
    "date": Helper(_date, ("text", "number")),
    "escape": Helper(lambda text: html.escape(text), _TEXT),
    "first": Helper(_first, ("text", "list")),
    "float": Helper(_float),
    "hash": Helper(_hash, _TEXT),
    "int": Helper(_int),
    "items": Helper(_items, _OBJECT),
    "join": Helper(_join, _LIST),
    "keys": Helper(_list, _OBJECT),
    "last": Helper(_last, ("text", "list")),
    "length": Helper(len, _PARTS),
    "list": Helper(_list, _PARTS),
    "lower": Helper(lambda text: text.lower(), _TEXT),
    "map": Helper(_map, _LIST),
    "max": Helper(_extreme("max", max), _LIST),
    "min": Helper(_extreme("min", min), _LIST),
    "minus": Helper(_minus, ("text", "number")),
    "plus": Helper(_plus, ("text", "number")),
    "regex_find": Helper(_regex_find, _TEXT),
    "regex_match": Helper(_regex_match, _TEXT),
    "regex_replace": Helper(_regex_replace, _TEXT),
    "rejectattr": Helper(_rejectattr, _LIST),
    "replace": Helper(_replace, _TEXT),
    "reverse": Helper(lambda value: value[::-1], ("text", "list")),
    "round": Helper(_round, _NUMBER),
    "selectattr": Helper(_selectattr, _LIST),
    "sort": Helper(_sort, _LIST),
    "split": Helper(_split, _TEXT),
    "string": Helper(to_text),
    "sum": Helper(_sum, _LIST),
    "timestamp": Helper(_timestamp, ("text", "number")),
    "title": Helper(_title, _TEXT),
    "tojson": Helper(lambda value: values.encode(value).decode()),
    "trim": Helper(lambda text: text.strip(), _TEXT),
    "truncate": Helper(_truncate, _TEXT),
    "unique": Helper(_unique, _LIST),
    "upper": Helper(lambda text: text.upper(), _TEXT),
    "urlencode": Helper(lambda text: urllib.parse.quote(text, safe=""), _TEXT),
    "values": Helper(lambda value: list(value.values()), _OBJECT),
}
"""``default`` (also ``d``) is not here: it looks at a path before it is read."""

ALIASES: Final = {"d": "default", "e": "escape", "json": "tojson"}

TESTS: Final[Mapping[str, Helper]] = {
    "boolean": Helper(lambda value: isinstance(value, bool)),
    "divisibleby": Helper(lambda value, by: value % by == 0, _NUMBER),
    "endingwith": Helper(lambda text, end: text.endswith(end), _TEXT),
    "even": Helper(lambda value: value % 2 == 0, _NUMBER),
    "false": Helper(lambda value: value is False),
    "integer": Helper(lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "iterable": Helper(lambda value: isinstance(value, str | list | dict)),
    "mapping": Helper(lambda value: isinstance(value, dict)),
    "none": Helper(lambda value: value is None),
    "number": Helper(lambda value: _kind(value) == "number"),
    "odd": Helper(lambda value: value % 2 == 1, _NUMBER),
    "sequence": Helper(lambda value: isinstance(value, list)),
    "startingwith": Helper(lambda text, start: text.startswith(start), _TEXT),
    "string": Helper(lambda value: isinstance(value, str)),
    "true": Helper(lambda value: value is True),
}
"""``defined`` and ``undefined`` are not here: they look at a path before it is read."""


def _kind(value: JSON) -> str:
    return values.type_name(value)


def with_article(value: JSON) -> str:
    """The type of a value as it stands in a sentence."""
    return "null" if value is None else f"{'an' if isinstance(value, dict) else 'a'} {_kind(value)}"


def _shown(value: JSON) -> str:
    """A value in a message: lists and objects only by their kind, for they may be without end."""
    if isinstance(value, dict | list):
        return with_article(value)
    text = repr(value) if isinstance(value, str) else to_text(value) or "null"
    return text if len(text) <= 40 else text[:39] + "…"
