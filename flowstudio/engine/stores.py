"""What every Store holds to, and the one in a dict that plugins are tested with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from flowstudio.engine import values
from flowstudio.engine.errors import NodeFailed
from flowstudio.engine.values import JSON

MAX_KEY: Final = 200
MAX_BYTES: Final = 64 * 1024
MAX_SECONDS: Final = 100 * 365 * 24 * 3600


class StoreRefused(NodeFailed):
    """A key, value or time that a store does not take; the text says why."""


def check_key(key: str, what: str = "key") -> None:
    """Refuse what is no text of at most 200 characters that every database can hold."""
    if not isinstance(key, str):
        raise StoreRefused(f"A {what} of the store is text, not {values.type_name(key)}.")
    if len(key) > MAX_KEY:
        raise StoreRefused(f"A {what} of the store has at most {MAX_KEY} characters, not {len(key):,}.")
    if "\0" in key or not _is_whole(key):
        raise StoreRefused(f"A {what} of the store holds a character that cannot be stored.")


def check_seconds(seconds: float | None) -> None:
    """Refuse what is no time to come: more than 0 and at most 100 years; None: for ever."""
    if seconds is not None and not 0 < seconds <= MAX_SECONDS:
        raise StoreRefused(f"A stored value expires after 0 seconds to 100 years, not {seconds!r}.")


def encoded(value: JSON, limit: int = MAX_BYTES) -> bytes:
    """The value as JSON text, at most ``limit`` bytes of it."""
    try:
        data = values.dumps(value)
    except values.ValueRefused as error:
        raise StoreRefused(f"This cannot be stored. {error}") from None
    if len(data) > limit:
        raise StoreRefused(
            f"The value has {len(data):,} bytes; the store keeps at most {limit:,} under a key."
        )
    return data


def check_count(number: JSON) -> None:
    """Refuse to count with what is no integer of 64 bits."""
    if type(number) is not int or not values.MIN_INT <= number <= values.MAX_INT:
        raise StoreRefused("This key cannot be counted: what it holds or would hold is no 64-bit integer.")


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class MemoryStore:
    """A Store in a dict. ``clock`` says the time in seconds, so that a test lets values expire at will."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._scope = ""
        self._kept: dict[tuple[str, str], tuple[bytes, float | None]] = {}

    def get(self, key: str, default: JSON = None) -> JSON:
        check_key(key)
        kept = self._alive(key)
        return default if kept is None else values.loads(kept[0])

    def put(self, key: str, value: JSON, *, seconds: float | None = None) -> None:
        check_key(key)
        check_seconds(seconds)
        self._kept[self._scope, key] = encoded(value), self._until(seconds)

    def delete(self, key: str) -> None:
        check_key(key)
        self._kept.pop((self._scope, key), None)

    def count(self, key: str, by: int = 1, *, seconds: float | None = None) -> int:
        check_key(key)
        check_seconds(seconds)
        check_count(by)
        with self._lock:
            kept = self._alive(key)
            data, until = (b"0", self._until(seconds)) if kept is None else kept
            number = values.loads(data)
            check_count(number)
            check_count(number + by)
            self._kept[self._scope, key] = encoded(number + by), until
            return int(number + by)

    def once(self, key: str, *, seconds: float | None = None) -> bool:
        check_key(key)
        check_seconds(seconds)
        with self._lock:
            first = self._alive(key) is None
            if first:
                self._kept[self._scope, key] = b"true", self._until(seconds)
            return first

    def of(self, subject: str) -> MemoryStore:
        check_key(subject, "subject")
        other = MemoryStore(self._clock)
        other._lock, other._kept, other._scope = self._lock, self._kept, f"subject:{subject}"
        return other

    def _alive(self, key: str) -> tuple[bytes, float | None] | None:
        kept = self._kept.get((self._scope, key))
        return None if kept is None or (kept[1] is not None and kept[1] <= self._clock()) else kept

    def _until(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._clock() + seconds
