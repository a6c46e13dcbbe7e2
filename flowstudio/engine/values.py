"""JSON values: the one check at every door, and the one way to read, write and summarise them.

The limits are the weakest of all parts a value passes through: orjson reads depth 1,000 but cannot
write depth 300, SQLite and JavaScript differ beyond 64 and 53 bits, a lone surrogate cannot be stored
(measured grounds: docs/decisions.md).
"""

from typing import Any, Final, TypeAlias

import orjson

JSON: TypeAlias = Any
"""``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict`` with text keys."""

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 100_000
MIN_INT: Final = -(2**63)
MAX_INT: Final = 2**63 - 1
PREVIEW_CHARS: Final = 200


class ValueRefused(ValueError):
    """A value that is not JSON as FlowStudio keeps it; the text says what is wrong and where."""
