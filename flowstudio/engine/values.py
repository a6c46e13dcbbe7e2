"""JSON values: the one check at every door, and the one way to read, write and summarise them.

The limits are the weakest of all parts a value passes through: orjson reads depth 1,000 but cannot
write depth 300, SQLite and JavaScript differ beyond 64 and 53 bits, a lone surrogate cannot be stored
(measured grounds: docs/decisions.md).
"""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final, TypeAlias

import orjson

JSON: TypeAlias = Any
"""``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict`` with text keys."""

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 100_000
MIN_INT: Final = -(2**63)
MAX_INT: Final = 2**63 - 1
PREVIEW_CHARS: Final = 200
MAX_TEXT: Final = 10_000
"""Characters that are kept of a message or a log line."""

_LONG_NUMBER: Final = re.compile(rb"\d{20}")
_SCALARS: Final = frozenset({type(None), bool})


class ValueRefused(ValueError):
    """A value that is not JSON as FlowStudio keeps it; the text says what is wrong and where."""


def check(value: JSON) -> None:
    """Refuse what is not JSON or is over a limit; level by level, so that depth costs no stack."""
    level, depth, count = [value], 0, 1
    while level:
        if depth > MAX_DEPTH:
            raise ValueRefused(f"The value is nested deeper than {MAX_DEPTH} levels.")
        below: list[JSON] = []
        for item in level:
            kind = type(item)
            if kind is str:
                if not item.isascii():
                    _check_text(item, value)
            elif kind is dict:
                for key in item:
                    if type(key) is not str:
                        raise ValueRefused(f"{_place(value, item)} has the key {key!r}; keys must be text.")
                    if not key.isascii():
                        _check_text(key, value)
                below.extend(item.values())
            elif kind is list:
                below.extend(item)
            elif kind is int:
                if not MIN_INT <= item <= MAX_INT:
                    raise ValueRefused(f"{_place(value, item)} is an integer beyond 64 bits.")
            elif kind is float:
                if not isfinite(item):
                    raise ValueRefused(f"{_place(value, item)} is {item}, which is not a JSON number.")
            elif kind not in _SCALARS:
                raise ValueRefused(f"{_place(value, item)} is a Python {kind.__name__}, which is not JSON.")
        count += len(below)
        if count > MAX_VALUES:
            raise ValueRefused(f"The value has more than {MAX_VALUES:,} parts.")
        level, depth = below, depth + 1


def loads(data: bytes) -> JSON:
    """Read JSON text; what is malformed is refused with its line and column."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueRefused(
            f"Not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    check(value)
    if _LONG_NUMBER.search(data):
        json.loads(data, parse_int=_small_integer)
    return value


def _small_integer(text: str) -> None:
    """orjson reads an integer beyond 64 bits as the nearest float, which is another number."""
    if len(text) > 20 or not MIN_INT <= int(text) <= MAX_INT:
        raise ValueRefused(f"{text[:40]} is an integer beyond 64 bits.")


def dumps(value: JSON) -> bytes:
    """Write a value as JSON text after checking it."""
    check(value)
    return encode(value)


def encode(value: JSON) -> bytes:
    """Write a value that was checked before; by itself orjson would write NaN as null."""
    return orjson.dumps(value)


def is_larger(value: JSON, characters: int) -> bool:
    """Whether a value takes more characters than that to write, or is nested too deeply."""
    return weight(value, characters) is None


def weight(value: JSON, most: int) -> int | None:
    """About how many characters a value takes to write; None: more than ``most``, too deep, too many parts.

    Shared parts count each time that they are reached, so what doubles itself is soon found out.
    """
    level, depth, size, parts = [value], 0, 0, 1
    while level and size <= most and depth <= MAX_DEPTH:
        below: list[JSON] = []
        for item in level:
            if isinstance(item, str):
                size += len(item)
            elif isinstance(item, dict):
                size += sum(map(len, item))
                below += item.values()
            elif isinstance(item, list):
                below += item
            if size + len(below) > most or parts + len(below) > MAX_VALUES:
                return None
        parts += len(below)
        level, depth, size = below, depth + 1, size + 2 * len(below)
    return None if level else size


def summarise(value: JSON, encoded: bytes | None = None) -> dict[str, Any]:
    """What an edge shows of a payload: ``type``, ``size`` in bytes, ``count`` of parts, ``preview``."""
    if encoded is None:
        encoded = encode(value)
    return {
        "type": type_name(value),
        "size": len(encoded),
        "count": len(value) if isinstance(value, list | dict) else None,
        "preview": _preview(value, encoded),
    }


def storable(text: str) -> str:
    """A text of unknown making (a message, a log line) as it can be stored: whole characters, not endless."""
    return text[:MAX_TEXT].encode(errors="replace").decode()


def type_name(value: JSON) -> str:
    """The word people read for the type of a value."""
    kind = type(value)
    if kind in _NAME_OF:
        return _NAME_OF[kind]
    return next((name for known, name in _NAME_OF.items() if isinstance(value, known)), kind.__name__)


_NAME_OF: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}


def _preview(value: JSON, encoded: bytes) -> str:
    if isinstance(value, str):
        text = value
    elif encoded[:PREVIEW_CHARS].isascii() and len(encoded) > PREVIEW_CHARS:
        return encoded[: PREVIEW_CHARS - 1].decode() + "…"
    else:  # four bytes are the most a character takes; a cut one at the end is left out
        text = encoded[: 4 * (PREVIEW_CHARS + 1)].decode(errors="ignore")
    return text if len(text) <= PREVIEW_CHARS else text[: PREVIEW_CHARS - 1] + "…"


def _check_text(text: str, whole: JSON) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueRefused(
            f"{_place(whole, text)} holds half of a surrogate pair, which is not a character."
        ) from None


def _place(whole: JSON, part: JSON) -> str:
    """Where a refused part stands, for the message; looked up only once something is wrong."""
    for path, item in _walk(whole):
        if item is part:
            return f"The value at {path}" if path else "The value"
    return "The value"  # the part is a key


def _walk(whole: JSON) -> Iterator[tuple[str, JSON]]:
    waiting = [("", whole)]
    for path, item in waiting:  # grows while it is walked
        yield path, item
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else str(key), child) for key, child in item.items()]
        elif isinstance(item, list):
            waiting += [(f"{path}[{index}]", child) for index, child in enumerate(item)]
