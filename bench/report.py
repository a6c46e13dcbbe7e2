"""Writes docs/performance.md from the results that are kept beside the bench, table by table."""

import datetime
import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results.json"
PAGE = ROOT / "docs" / "performance.md"
HEAD = """\
# Performance

Written by `make bench` from `bench/results.json`; do not edit. ✓ and ✗ say whether a goal is reached.
Ratios count more than absolute figures: all sides of a table ran on the same machine, in turn.
"""

Figures: TypeAlias = dict[str, list[float]]
"""Row → what was measured: a figure per round, size or moment, as the part's columns read it."""
Sum: TypeAlias = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Row:
    """One line: what was measured, its goal in words, and the most that reaches it."""

    name: str
    title: str
    goal: str
    most: float | None = None
    below: str | None = None  # a row whose median must not be reached either


@dataclass(frozen=True)
class Column:
    """A figure of a row; ``is_ratio``: divided by that of the table's base row."""

    title: str
    figure: Sum
    is_ratio: bool = False


@dataclass(frozen=True)
class Table:
    """A part of the bench: its rows, and in a few sentences how they are measured."""

    name: str
    title: str
    method: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    base: str = ""
    judged: Sum = statistics.median  # what is held against a row's goal


def nth(index: int) -> Sum:
    """The figure of one size or moment."""
    return lambda figures: figures[index]


def keep(table: Table, figures: Figures) -> None:
    """Store a table's figures, with where and when they were measured; the other tables stay."""
    results = read()
    results[table.name] = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "python": platform.python_version(),
        "figures": {row.name: [float(f"{figure:.4g}") for figure in figures[row.name]] for row in table.rows},
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


def read() -> dict[str, Any]:
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def page(tables: Sequence[Table], results: Mapping[str, Any]) -> str:
    return "\n".join(
        [HEAD, *(_part(table, results[table.name]) for table in tables if table.name in results)]
    )


def _part(table: Table, result: Mapping[str, Any]) -> str:
    figures: Figures = result["figures"]
    titles = [column.title for column in table.columns]
    lines = [
        f"| what | {' | '.join(titles)} | goal |",
        f"|---|{'--:|' * len(titles)}--:|",
        *(_line(row, table, figures) for row in table.rows if row.name in figures),
    ]
    where = f"{result['date']}, {result['machine']}, Python {result['python']}."
    return "\n".join([f"## {table.title}\n", where, "", *lines, "", table.method])


def _line(row: Row, table: Table, figures: Figures) -> str:
    cells = [_cell(column, figures[row.name], figures.get(table.base)) for column in table.columns]
    return f"| {row.title} | {' | '.join(cells)} | {row.goal}{_mark(row, table, figures)} |"


def _cell(column: Column, figures: Sequence[float], base: Sequence[float] | None) -> str:
    figure = column.figure(figures)
    return _number(figure / column.figure(base) if column.is_ratio and base else figure)


def _mark(row: Row, table: Table, figures: Figures) -> str:
    if row.most is None:
        return ""
    figure = table.judged(figures[row.name])
    is_below = row.below is None or figure < table.judged(figures[row.below])
    return " ✓" if figure <= row.most and is_below else " ✗"


def _number(figure: float) -> str:
    digits = 2 if figure < 10 else 1 if figure < 100 else 0
    return f"{figure:,.{digits}f}"
