"""Measures whether the memory of a long run stays flat: For each over many items, nothing recorded."""

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


TABLE = Table(
    name="memory",
    title="Memory of a long run, MB resident",
    method=f"""\
One run with {PASSES:,} passes through the body of a Repeat until, one node inside, nothing recorded,
read from inside the body after a tenth, half and all of them. Its payload is 1 kB, made anew in each
pass.
""",
    rows=[Row("repeat_until", "Repeat until", "flat: end ≤ 1.05 × tenth", most=1.05)],
    columns=[
        *(Column(f"{moment:.0%}", nth(index)) for index, moment in enumerate(MOMENTS)),
        Column("end ÷ tenth", growth),
    ],
    judged=growth,
)


def measure() -> Figures:
    print("memory", flush=True)
    return printed([sys.executable, "-m", "bench.long_run"], ROOT)
