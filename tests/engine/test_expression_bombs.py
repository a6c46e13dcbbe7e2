"""No text and no payload takes an expression's evaluation more than 100 ms of CPU time or 100 MB."""

import copy
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import compile_data, compile_expression, compile_template
from tests.engine.bombs import MOST_MB, MOST_MS, attacks

ROOT = Path(__file__).parents[2]
COUNT = 1000
ITEMS = [{"id": index, "name": f" name {index} ", "price": index / 4} for index in range(COUNT)]


@pytest.fixture(scope="module")
def results(pytestconfig):
    """What came of each attack, by its name; the table is shown in the report."""
    program = [sys.executable, str(Path(__file__).with_name("bombs.py"))]
    found = subprocess.run(
        program,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    lines = [f"{row['ms']:>7} ms {row['mb']:>6} MB  {row['name']}: {row['outcome']}" for row in rows]
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize("name", attacks())
def test_an_attack_ends_at_once_with_a_clean_error_or_a_result(results, name):
    row = results[name]

    assert row["outcome"].startswith(("value", "refused"))
    assert row["ms"] <= MOST_MS
    assert row["mb"] <= MOST_MB


def test_a_template_over_a_thousand_items_with_several_filters_passes():
    typed = (
        "{% for row in payload.items|sort(attribute='price', reverse=true) if row.price > 1 %}"
        "{{ loop.index }}: {{ row.name|trim|title }} {{ row.price|round(2) }} {{ row.id|default(0) }}\n"
        "{% endfor %}"
        "{{ payload.items|sum('price') }} {{ payload.items|tojson|length }}"
    )

    text = compile_template(typed).evaluate(scope_of({"items": ITEMS}))

    assert len(text.splitlines()) == COUNT - 5 + 1


def test_data_of_a_hundred_texts_over_a_thousand_items_passes():
    typed = [f"{{{{ payload.items[{index}].name|trim|upper }}}}" for index in range(100)]
    typed += ["{{ payload.items|sum('price') }}"] * 5

    filled = compile_data(typed).evaluate(scope_of({"items": ITEMS}))

    assert filled[99] == "NAME 99"


METHODS = (
    "pop('a')",
    "clear()",
    "update({})",
    "append(1)",
    "sort()",
    "setdefault('x', 1)",
    "__setitem__('a', 1)",
)


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_would_change_a_payload_are_refused(method):
    for compiling, typed in (
        (compile_expression, f"payload.{method}"),
        (compile_template, f"{{{{ payload.{method} }}}}"),
    ):
        with pytest.raises(ExpressionError, match="values have no methods"):
            compiling(typed)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)
PIECES = st.sampled_from(
    [
        "payload", "payload.a", "payload.b[0]", "|sort", "|reverse", "|unique", "|list",
        "|items", "|map('a')", "|tojson",
        "|first", "|default([])", " ~ ", " + ", " == ", " in ", "[payload, payload]",
        "{'a': payload}", "[0]", "[1:]",
        "|join(',')", "|sum", "|length", "|selectattr('a', '==', 1)", ".a", "1", "'a'",
    ]
)  # fmt: skip


@settings(max_examples=400)
@given(payload=JSON_VALUES, pieces=st.lists(PIECES, min_size=1, max_size=6))
def test_no_program_changes_a_payload(payload, pieces):
    typed = "".join(pieces)
    before, shape = json.dumps(payload), copy.deepcopy(payload)
    loop = f"{{% for a in payload %}}{{% set payload2 = {typed} %}}{{{{ a }}}}{{% endfor %}}"

    for compiling, source in (
        (compile_expression, typed),
        (compile_template, f"{{{{ {typed} }}}}"),
        (compile_template, loop),
        (compile_data, {"a": [f"{{{{ {typed} }}}}", f"x {{{{ {typed} }}}}"]}),
    ):
        with suppress(ExpressionError):
            compiling(source).evaluate(scope_of(payload))

    assert json.dumps(payload) == before
    assert payload == shape


def scope_of(payload):
    return {"payload": payload, "event": {}, "run": {}, "now": "2026-05-01T12:00:00Z", "nodes": {}}
