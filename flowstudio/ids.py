"""Row ids that are known before the row is written and sort by time: UUID version 7 (RFC 9562).

Within a process each id is greater than the one before, also within a millisecond: two rows that were
made one after the other are listed in that order.
"""

import os
import threading
import time
import uuid

_RANDOM_BITS = 74
_lock = threading.Lock()
_last = 0


def new_id() -> uuid.UUID:
    """48 bits of Unix milliseconds, then random bits; a number above the last one within a millisecond."""
    return _id(_numbers(1))


def new_ids(count: int) -> list[uuid.UUID]:
    """Several at once, which is much quicker: numbers in a row behind one that is random."""
    first = _numbers(count)
    return [_id(first + number) for number in range(count)]


def _numbers(count: int) -> int:
    """The first of ``count`` numbers in a row that are given out once."""
    global _last
    random = int.from_bytes(os.urandom(10), "big") >> (80 - _RANDOM_BITS)
    number = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | random
    with _lock:
        number = max(number, _last + 1)
        _last = number + count - 1
    return number


def _id(number: int) -> uuid.UUID:
    milliseconds, random = number >> _RANDOM_BITS, number & ((1 << _RANDOM_BITS) - 1)
    high, low = random >> 62, random & ((1 << 62) - 1)  # around version and variant
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0x2 << 62) | low)
