"""Measures whether the memory of one long run stays flat: a loop that goes round, nothing recorded."""

import sys

from bench.memory import COLUMNS, PASSES, ROOT, growth
from bench.processes import printed
from bench.report import Figures, Row, Table

TABLE = Table(
    name="long_loop",
    title="Memory of one long run, MB resident",
    method=f"""\
One run with {PASSES:,} rounds of Repeat until, one node in its body, nothing recorded; VmRSS read from
inside the body after a tenth, half and all of them. Each round makes a new payload of 1 kB.
""",
    rows=[Row("repeat_until", "Repeat until", "flat: end ≤ 1.05 × a tenth", most=1.05)],
    columns=COLUMNS,
    judged=growth,
)


def measure() -> Figures:
    print("long_loop", flush=True)
    return printed([sys.executable, "-m", "bench.long_run", "long_loop"], ROOT)
