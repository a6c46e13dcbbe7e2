"""Measures FlowStudio beside its peers, and writes docs/performance.md.

`python -m bench engine growth` measures these parts; those not named keep the tables that they have.
"""

import sys

from bench import engine, growth, long_loop, loops, memory, report, start

PARTS = {part.TABLE.name: part for part in (start, engine, growth, memory, loops, long_loop)}
TABLES = [part.TABLE for part in PARTS.values()]


def main(names: list[str]) -> None:
    if unknown := set(names) - PARTS.keys():
        raise SystemExit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    for name, part in PARTS.items():
        if not names or name in names:
            report.keep(part.TABLE, part.measure())
            report.PAGE.write_text(report.page(TABLES, report.read()))
    print(report.PAGE.read_text())


if __name__ == "__main__":
    main(sys.argv[1:])
