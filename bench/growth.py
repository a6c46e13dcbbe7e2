"""Measures how the time per node grows with the size of a graph, from ten nodes to ten thousand."""

import math
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.processes import printed
from bench.report import Column, Figures, Row, Table, nth

ROOT = Path(__file__).parent.parent
SIZES = (10, 100, 1_000, 10_000)
ROUNDS = 3


def exponent(figures: Sequence[float]) -> float:
    """The slope of log(size x figure) over log(size), the sizes above the first; 1 is linear.

    At ten the fixed cost of a run counts, and would make growth look better than it is.
    """
    totals = [math.log(size * figure) for size, figure in zip(SIZES, figures, strict=True)]
    return statistics.linear_regression([math.log(size) for size in SIZES[1:]], totals[1:]).slope


COLUMNS = [
    *(Column(f"{size:,}", nth(index)) for index, size in enumerate(SIZES)),
    Column("exponent", exponent),
]
TABLE = Table(
    name="growth",
    title="Growth, µs per node",
    method=f"""\
One process, nothing recorded where the row does not say so; the best of several runs per size, and of
that the median of {ROUNDS} processes. A fan is one node whose payload goes to that many others, which
meet again in one. *Exponent* is the slope of the whole time over the size, both as logarithms, from 100
on: 1 means that twice the nodes take twice the time.
""",
    rows=[
        Row("chain", "chain", "linear: exponent ≤ 1.1", most=1.1),
        Row("chain_all", "chain, all taken down", "linear: exponent ≤ 1.1", most=1.1),
        Row("fan", "fan out and in", "linear: exponent ≤ 1.1", most=1.1),
    ],
    columns=COLUMNS,
    judged=exponent,
)


def measure() -> Figures:
    return measured(TABLE)


def measured(table: Table) -> Figures:
    """The median of some processes for each size of the table's series."""
    rounds = []
    for number in range(ROUNDS):
        print(f"{table.name}: round {number + 1} of {ROUNDS}", flush=True)
        rounds.append(printed([sys.executable, "-m", "bench.sizes", table.name], ROOT))
    return {
        row.name: [
            statistics.median(sizes) for sizes in zip(*(each[row.name] for each in rounds), strict=True)
        ]
        for row in table.rows
    }
