"""Measures how the time per item of For each grows, from ten items to ten thousand."""

from bench import growth
from bench.growth import COLUMNS, ROUNDS, exponent
from bench.report import Figures, Row, Table

TABLE = Table(
    name="loops",
    title="Growth of loops, µs per item",
    method=f"""\
For each, with one node in its body that passes the item on; the best of several runs per size, and of
that the median of {ROUNDS} processes. The loop's own work and its list of results are part of the time.
""",
    rows=[
        Row("for_each", "For each, nothing recorded", "linear: exponent ≤ 1.1", most=1.1),
        Row("for_each_all", "For each, all taken down", "linear: exponent ≤ 1.1", most=1.1),
    ],
    columns=COLUMNS,
    judged=exponent,
)


def measure() -> Figures:
    return growth.measured(TABLE)
