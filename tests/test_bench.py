"""What `make bench` has kept and what the page says are one; measures nothing."""

import pytest

from bench import report
from bench.__main__ import PARTS, TABLES, main

RESULTS = report.read()
MEASURED = [table for table in TABLES if table.name in RESULTS]


def test_the_page_is_what_the_bench_writes_from_its_results():
    assert report.PAGE.read_text() == report.page(TABLES, RESULTS)


def test_every_result_has_its_part_and_the_parts_that_everything_rests_on_have_results():
    assert {"start", "engine", "growth", "memory"} <= RESULTS.keys() <= PARTS.keys()


@pytest.mark.parametrize("table", MEASURED, ids=lambda table: table.name)
def test_every_row_has_figures_and_a_goal_and_no_figure_is_without_its_row(table):
    rows = {row.name: row for row in table.rows}

    assert len(rows) == len(table.rows)
    assert RESULTS[table.name]["figures"].keys() == rows.keys()
    assert all(row.goal for row in rows.values())
    assert all(figure > 0 for row in rows for figure in RESULTS[table.name]["figures"][row])


@pytest.mark.parametrize("table", MEASURED, ids=lambda table: table.name)
def test_every_table_says_when_where_and_how_it_was_measured(table):
    text = report.page([table], RESULTS)

    assert {"date", "machine", "python"} <= RESULTS[table.name].keys()
    assert RESULTS[table.name]["machine"] in text
    assert table.method in text


def table_of(*rows, **options):
    columns = [report.Column("best", min), report.Column("÷", min, is_ratio=True)]
    return report.Table("t", "T", "By hand.", rows, columns, base="ours", **options)


def written(table, **figures):
    kept = {"t": {"date": "2026-01-01", "machine": "M", "python": "3", "figures": figures}}
    return [line for line in report.page([table], kept).splitlines() if line.startswith("| o")]


def test_a_goal_is_reached_by_the_median_and_not_by_the_best():
    table = table_of(report.Row("ours", "ours", "≤ 2", most=2))

    assert written(table, ours=[1.0, 2.0, 9.0]) == ["| ours | 1.00 | 1.00 | ≤ 2 ✓ |"]
    assert written(table, ours=[1.0, 2.1, 2.2]) == ["| ours | 1.00 | 1.00 | ≤ 2 ✗ |"]


def test_a_goal_may_be_to_stay_below_a_peer():
    row = report.Row("ours", "ours", "≤ 2, below", most=2, below="other")
    table = table_of(row, report.Row("other", "other", "beside"))

    assert written(table, ours=[1.0], other=[3.0]) == [
        "| ours | 1.00 | 1.00 | ≤ 2, below ✓ |",
        "| other | 3.00 | 3.00 | beside |",
    ]
    assert written(table, ours=[1.0], other=[0.5])[0].endswith("✗ |")


def test_growth_of_a_quadratic_series_is_two_and_of_a_linear_one_is_one():
    exponent = PARTS["growth"].exponent

    assert exponent([9.0, 3.0, 3.0, 3.0]) == pytest.approx(1)
    assert exponent([9.0, 3.0, 30.0, 300.0]) == pytest.approx(2)


def test_a_part_that_does_not_exist_is_refused_by_name():
    with pytest.raises(SystemExit, match="No such part: speed"):
        main(["speed"])
