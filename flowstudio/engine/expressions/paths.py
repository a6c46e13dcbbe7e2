"""Follows a path through a scope: ``payload.lines[0].sku``, ``node("Fetch").status``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flowstudio.engine import values
from flowstudio.engine.values import JSON

MISSING: Final = object()
"""Where a path leads that leads nowhere."""

MAX_KEYS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Read:
    """A path as it stands in a text: where it starts, its keys where they are constant, its words."""

    root: str
    name: str
    keys: tuple[Any, ...] | None
    at: int
    text: str


def root_of(read: Read, scope: Mapping[str, JSON]) -> JSON:
    """The value at which a path starts, or MISSING: a node may not have run."""
    if read.root != "node":
        return scope[read.root]
    return scope["nodes"].get(read.name, MISSING)


def follow(value: JSON, keys: Sequence[Any]) -> JSON:
    """What the keys lead to from a value, or MISSING."""
    for key in keys:
        kind = type(value)
        if kind is dict and type(key) is str:
            value = value.get(key, MISSING)
        elif kind is list and type(key) is int and -len(value) <= key < len(value):
            value = value[key]
        else:
            return MISSING
    return value


def missing(read: Read, value: JSON, keys: Sequence[Any]) -> str:
    """Says of a path that leads nowhere what is missing, and what there is instead."""
    is_of_loop = read.root == "node" and not read.name  # ``item`` and ``index``: their name is the first key
    if is_of_loop and value is MISSING:
        return f"{keys[0]} is known in the body of a loop only"
    if is_of_loop and keys[0] in value:
        read, value, keys = replace(read, root=keys[0]), value[keys[0]], keys[1:]
    if value is MISSING:
        return f'node("{read.name}") has sent nothing in this run; test it with ‘is defined’'
    start = {"node": f'node("{read.name}")', "local": read.name, "value": "the value"}.get(
        read.root, read.root
    )
    walked, parent = start, start
    for key in keys:
        walked += f"[{key}]" if isinstance(key, int) else f".{key}"
        found = follow(value, (key,))
        if found is MISSING:
            break
        value, parent = found, str(key)
    return f"{walked} is missing: {parent} {_inventory(value)}"


def _inventory(value: JSON) -> str:
    """What there is where something was looked for."""
    if isinstance(value, dict):
        keys = list(value)
        more = f" and {len(keys) - MAX_KEYS_SHOWN} more" if len(keys) > MAX_KEYS_SHOWN else ""
        return f"has {', '.join(keys[:MAX_KEYS_SHOWN])}{more}" if keys else "is an empty object"
    if isinstance(value, list):
        return f"is a list of {len(value)}"
    return "is null" if value is None else f"is a {values.type_name(value)}"
