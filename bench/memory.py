"""Measures whether the memory of a process stays flat over many runs that record nothing."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.processes import printed
from bench.report import Column, Figures, Row, Table, nth

ROOT = Path(__file__).parent.parent
PASSES = 100_000
MOMENTS = (0.1, 0.5, 1.0)


def growth(figures: Sequence[float]) -> float:
    """The memory at the end over that at the first moment."""
    return figures[-1] / figures[0]


COLUMNS = [
    *(Column(f"{moment:.0%}", nth(index)) for index, moment in enumerate(MOMENTS)),
    Column("end ÷ first", growth),
]
TABLE = Table(
    name="memory",
    title="Memory over many runs, MB resident",
    method=f"""\
A chain of ten nodes run {PASSES:,} times one after the other in one process, nothing recorded, each node
making a new payload of 1 kB; VmRSS after a tenth, half and all of the runs.
""",
    rows=[Row("runs", "many runs", "flat: end ≤ 1.05 × a tenth", most=1.05)],
    columns=COLUMNS,
    judged=growth,
)


def measure() -> Figures:
    print("memory", flush=True)
    return printed([sys.executable, "-m", "bench.long_run", "memory"], ROOT)
