"""What expressions, templates and data give, what they refuse, and that nothing typed there can do harm."""

import copy
import json
import resource
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import (
    MAX_OUTPUT,
    compile_data,
    compile_expression,
    compile_template,
    machine,
    read_from_event,
)

PAYLOAD = {
    "total": 150,
    "mail": "ann@example.com",
    "nothing": None,
    "items": ["x", "y"],
    "customer": {"name": "Ann", "id": 3},
    "lines": [{"sku": "A", "qty": 2, "price": 3.5}, {"sku": "B", "qty": 1, "price": 1}],
    "paid": True,
    "empty": {},
    "my-key": 1,
    "text": "ä😀 {{ payload.total }} {% if %} '\"\\",
}
SCOPE = {
    "payload": PAYLOAD,
    "event": {"type": "order.placed", "properties": {"vip": True}},
    "run": {"id": "r1", "is_test": False},
    "now": "2026-05-01T12:00:00Z",
    "nodes": {"Fetch it": {"status": 200, "body": None}},
}


WORDS = ("payload", "node", "loop", "in", "not", "and", "or", "if", "else", "is", "defined", "upper", "'a'")
TOKENS = (*WORDS, "==", "%}", "{{", *".[](){}1+-*~<|,:")


def value(text):
    return compile_expression(text).evaluate(SCOPE)


def text(template):
    return compile_template(template).evaluate(SCOPE)


def fault(compiling, source):
    """The message of an error, with its place."""
    with pytest.raises(ExpressionError) as error:
        compiling(source).evaluate(SCOPE)
    return error.value.message, error.value.line, error.value.column


class TestExpressions:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ('payload.total > 100 and event.type == "order.placed"', True),
            ("payload.customer", {"name": "Ann", "id": 3}),
            ("payload.items", ["x", "y"]),
            ("payload.items[-1]", "y"),
            ("payload.items[1:]", ["y"]),
            ("payload['my-key']", 1),
            ('payload.lines[payload.items|length - 1]["sku"]', "B"),
            ("payload.text", PAYLOAD["text"]),
            ("payload.nothing", None),
            ("payload", PAYLOAD),
            ("1 + 2 * 3 - 4 / 8", 6.5),
            ("7 // 2 + 7 % 4 + 2 ** 3", 14),
            ("-payload.total|abs", -150),
            ("(-payload.total)|abs", 150),
            ("1.5e3 + 0.5", 1500.5),
            ("1e22 + 0.5 > 1e-7 and -0.25 < 0", True),
            ('"a" + "b" ~ 3 ~ none ~ true', "ab3true"),
            ('\'it\\\'s "q"\' ~ "\\n\\u00e4"', 'it\'s "q"\nä'),
            ('"x" in payload.items and "z" not in payload.items', True),
            ('"ann" in payload.mail and "name" in payload.customer', True),
            ("not payload.empty or false", True),
            ('payload.empty or "nobody"', "nobody"),
            ("payload.paid and payload.nothing", None),
            ('"yes" if payload.paid else "no"', "yes"),
            ('"yes" if payload.nothing', None),
            ('{"a": payload.total, "b": [1, payload.items]}', {"a": 150, "b": [1, ["x", "y"]]}),
            ("[]", []),
            ("payload.lines == payload.lines and payload.customer != {}", True),
            ("payload.paid == 1", False),
            ("payload.nothing == none and payload.nothing is none", True),
            ("payload.total is number and payload.total is even and payload.paid is boolean", True),
            ("payload.total is not string", True),
            ('node("Fetch it").status', 200),
            ("now", "2026-05-01T12:00:00Z"),
            ("now()", "2026-05-01T12:00:00Z"),
            ("run.is_test", False),
            ("range(3)", [0, 1, 2]),
            ("range(4, 0, -2)", [4, 2]),
            ("payload.total\n  >\n100", True),
        ],
    )
    def test_value(self, typed, expected):
        found = value(typed)

        assert found == expected
        assert type(found) is type(expected)

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("payload.nope is defined", False),
            ("payload.nope is not defined", True),
            ("payload.nope is undefined", True),
            ("payload.nope.deeper.still is defined", False),
            ("payload.nothing is defined", True),
            ("payload.items[5] is defined", False),
            ("payload[payload.mail] is defined", False),
            ('node("Never ran").x is defined', False),
            ('node("Never ran")|default("none")', "none"),
            ('payload.nope|default("-")', "-"),
            ("payload.nope.deeper|d(payload.total)", 150),
            ("payload.total|default(0)", 150),
            ("payload.nothing|default(0)", None),
            ("payload.nothing|default(0, true)", 0),
            ("(payload.nope|default(1)) + 1", 2),
            ("payload.nope|default", ""),
        ],
    )
    def test_a_path_that_may_be_missing_is_allowed_for(self, typed, expected):
        assert value(typed) == expected

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("payload.customer.mail", "payload.customer.mail is missing: customer has name, id"),
            ("payload.items[9]", "payload.items[9] is missing: items is a list of 2"),
            ("payload.items.first", "payload.items.first is missing: items is a list of 2"),
            ("payload.total.x", "payload.total.x is missing: total is a number"),
            ("payload.nothing.x", "payload.nothing.x is missing: nothing is null"),
            ("payload.empty.x.y", "payload.empty.x is missing: empty is an empty object"),
            ("event.kind", "event.kind is missing: event has type, properties"),
            ('node("Fetch it").code', 'node("Fetch it").code is missing: node("Fetch it") has status, body'),
            (
                'node("Never ran").x',
                'node("Never ran") has sent nothing in this run; test it with ‘is defined’',
            ),
        ],
    )
    def test_a_missing_path_is_an_error_that_names_it(self, typed, message):
        assert fault(compile_expression, typed) == (message, 1, 1)

    @pytest.mark.parametrize(
        "typed",
        [
            "payload.nope < 100",
            "payload.nope == 1",
            "payload.nope != 1",
            "payload.nope == none",
            "1 in payload.nope",
            "payload.nope in [1]",
            "not payload.nope",
            "payload.nope or 1",
            "payload.nope and 1",
            "1 if payload.nope else 2",
            "[payload.nope]",
            '{"a": payload.nope}',
            "payload.nope|upper",
            "payload.nope|tojson",
            "payload.nope is none",
            "payload.total|default(payload.nope) > 1",
            "payload.nope ~ 'x'",
            "payload.nope + 1",
            "payload[payload.nope]",
            "{'a': 1}.nope == 1",
        ],
    )
    def test_a_missing_path_is_never_silently_something_else(self, typed):
        message, line, _ = fault(compile_expression, typed)

        assert "nope is missing" in message
        assert line == 1

    @pytest.mark.parametrize(
        "typed", ['"50" > 100', "payload.mail == 3", "payload.total <= payload.mail", '1 != "1"']
    )
    def test_text_and_number_never_compare(self, typed):
        message, line, _ = fault(compile_expression, typed)

        assert "text cannot be compared with a number" in message
        assert line == 1

    @pytest.mark.parametrize(
        ("typed", "message", "place"),
        [
            ("payload.total >", "expected a value but found the end", (1, 16)),
            ("payload.total >\n  * 3", "expected a value but found ‘*’", (2, 3)),
            ("payload.total ] 3", "did not expect ‘]’ here", (1, 15)),
            ("(1", "expected ')' but found the end", (1, 3)),
            ("total > 1", "the name 'total' is not known", (1, 1)),
            ("1 < 2 < 3", "compare two values at a time", (1, 7)),
            ("payload.mail|shout", "there is no filter 'shout'", (1, 13)),
            ("payload.mail is loud", "there is no test 'loud'", (1, 14)),
            ("payload.mail|upper(1)", "upper: too many positional arguments", (1, 13)),
            ("payload.mail|replace('a')", "replace: missing a required argument", (1, 13)),
            ("payload.items.pop()", "values have no methods, so .pop() cannot be called", (1, 14)),
            ("payload()", "this cannot be called", (1, 8)),
            ("debug()", "the name 'debug' is not known", (1, 1)),
            ("99999999999999999999", "beyond 64 bits", (1, 1)),
            ("1e999", "too large", (1, 1)),
            ('"\\q"', "unknown escape", (1, 1)),
            ("node(Fetch)", 'node("Name")', (1, 1)),
            ("payload.total + payload.customer", "this is an object", (1, 17)),
            ("payload.total / 0", "unable to calculate 150 / 0", (1, 1)),
            ("payload.mail - 1", "unsupported types", (1, 1)),
            ("[1] < [2]", "have no order", (1, 1)),
            ("(payload.items or 1) * 3", "this is a list, which cannot be calculated with", (1, 2)),
            ("(not payload.paid) + 1", "this is a boolean, which cannot be calculated with", (1, 2)),
            ("-(payload.nothing)", "this is null, which cannot be calculated with", (1, 3)),
            ("1 in 2", "cannot be looked for", (1, 1)),
            ("", "expected a value but found the end", (1, 1)),
        ],
    )
    def test_a_fault_is_said_in_words_with_its_place(self, typed, message, place):
        said, line, column = fault(compile_expression, typed)

        assert message in said
        assert (line, column) == place

    @pytest.mark.parametrize("typed", ["2 ** 63", "1e308 * 10", "-1e308 * 10", "9223372036854775807 + 1"])
    def test_numbers_that_json_cannot_hold_are_refused(self, typed):
        message, *_ = fault(compile_expression, typed)

        assert "JSON cannot hold" in message

    def test_what_it_reads_is_known_without_running_it(self):
        program = compile_expression('node("A").x + node("B")[node("C")] + payload.n + payload.m|default(1)')

        assert program.names == {"A", "B", "C"}
        source = program.source
        assert [source.text[at:].split()[0] for at in source.payload_reads] == ["payload.n"]
        assert read_from_event(source.text, source.payload_reads).count("event.properties.n") == 1

    def test_literals_that_never_compare_are_told_without_running_it(self):
        ((message, at),) = compile_expression('payload.a > 1 and "50" > 100').source.warnings

        assert "text with a number" in message
        assert at == 18


# MiniJinja hands whole floats back as integers, which shows in messages only.
FRACTIONS = st.floats(-9, 9).filter(lambda number: not number.is_integer())
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | FRACTIONS | st.text(max_size=3)


@given(
    SCALARS | st.lists(SCALARS), SCALARS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.booleans()
)
def test_what_is_answered_without_minijinja_is_answered_as_by_it(found, constant, sign, there):
    typed = f"payload.v {sign} {json.dumps(constant)}"
    scope = {"payload": {"v": found} if there else {}, "nodes": {}}
    program = compile_expression(typed)

    answers = []
    for answer in (program.evaluate, lambda scope: machine.run(program.source, scope)):
        try:
            answers.append(answer(scope))
        except ExpressionError as error:
            answers.append((error.message, error.line, error.column))

    assert answers[0] == answers[1]


class TestTemplates:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("", ""),
            ("plain", "plain"),
            ("Hi {{ payload.customer.name }}!", "Hi Ann!"),
            ("{{ none }}|{{ true }}|{{ 2.50 }}|{{ payload.customer }}", '|true|2.5|{"name":"Ann","id":3}'),
            ("{{ payload.text }}", PAYLOAD["text"]),
            ("{% for l in payload.lines %}{{ loop.index }}. {{ l.sku }}; {% endfor %}", "1. A; 2. B; "),
            ("{% for l in payload.lines if l.qty > 1 %}{{ l.sku }}{% endfor %}", "A"),
            ("{% for k, v in payload.customer|items %}{{ k }}={{ v }},{% endfor %}", "name=Ann,id=3,"),
            ("{% for k in payload.customer %}{{ k }} {% endfor %}", "name id "),
            ("{% for i in [] %}x{% else %}none{% endfor %}", "none"),
            ("{% if payload.total > 200 %}a{% elif payload.paid %}b{% else %}c{% endif %}", "b"),
            ("{% set n = 2 %}{% for i in range(n) %}{{ i + n }}{% endfor %}", "23"),
            ("{% set n = 1 %}{% if true %}{% set n = 2 %}{% endif %}{{ n }}", "2"),
            ("{{ 'a' -}}   b", "ab"),
            ("a   {{- 'b' }}", "ab"),
            ("a {%- if true -%} b {%- endif %} c", "ab c"),
            ("a {# no {{ x }} #}b", "a b"),
            ("{% raw %}{{ payload }}{% endraw %}", "{{ payload }}"),
            ("{{ {'a': {'b': 1}}.a.b }}", "1"),
            ("line\n", "line\n"),
        ],
    )
    def test_text(self, typed, expected):
        assert text(typed) == expected

    @pytest.mark.parametrize(
        ("typed", "message", "place"),
        [
            ("a\n{{ payload.nope }}", "payload.nope is missing", (2, 4)),
            ("{% for l in payload.lines %}{{ l.nope }}{% endfor %}", "l.nope is missing: l has sku", (1, 32)),
            ("{% if true %}", "‘if’ is never ended by endif", (1, 1)),
            ("{% for a in [] %}{% endif %}", "‘endif’ is not allowed here", (1, 18)),
            ("{% include 'x' %}", "‘include’ is not allowed here; there are if, for, set and raw", (1, 1)),
            ("{% macro a() %}", "not allowed here", (1, 1)),
            ("{{ payload.total", "expected ‘}}’ but found the end", (1, 17)),
            ("{{ }}", "expected a value but found ‘}’", (1, 4)),
            ("{# open", "never ended", (1, 1)),
            ("{% for a in payload.total %}{% endfor %}", "a loop walks over a list or an object", (1, 1)),
            ("{% for a, b in payload.items %}{% endfor %}", "lists of 2 items", (1, 1)),
            ("{{ loop.index }}", "the name 'loop' is not known", (1, 4)),
            ("{% for a in [1] %}{{ loop }}{% endfor %}", "use loop.index", (1, 22)),
            ("{% if true %}{% set n = 2 %}{% endif %}{{ n }}", "the name 'n' is not known", (1, 43)),
            ("{% for a in [1] %}{% endfor %}{{ a }}", "the name 'a' is not known", (1, 34)),
        ],
    )
    def test_a_fault_is_said_in_words_with_its_place(self, typed, message, place):
        said, line, column = fault(compile_template, typed)

        assert message in said
        assert (line, column) == place


class TestData:
    def test_texts_are_filled_and_single_expressions_keep_their_type(self):
        data = compile_data(
            {
                "n": "{{ payload.total }}",
                "padded": " {{ payload.paid }} ",
                "text": "n={{ payload.total }}",
                "two": "{{ 1 }}{{ 2 }}",
                "deep": [1, {"lines": "{{ payload.lines }}"}],
                "{{ key }}": "keys are not filled",
                "plain": "x",
            }
        )

        assert data.evaluate(SCOPE) == {
            "n": 150,
            "padded": " true ",
            "text": "n=150",
            "two": "12",
            "deep": [1, {"lines": PAYLOAD["lines"]}],
            "{{ key }}": "keys are not filled",
            "plain": "x",
        }

    def test_a_fault_names_the_place_in_the_data(self):
        compiled = fault(compile_data, {"a": ["x", "{{ 1 + }}"]})
        evaluated = fault(compile_data, {"a": {"b": "{{ payload.nope }}"}})

        assert compiled[0].startswith("a.1: expected a value")
        assert evaluated[0].startswith("a.b: payload.nope is missing")

    def test_data_is_never_evaluated_a_second_time(self):
        hostile = {"payload": {"a": "{{ payload.secret }}", "b": "{{ 1", "c": "+ 1 }}"}, "nodes": {}}

        assert compile_data("{{ payload.a }}").evaluate(hostile) == "{{ payload.secret }}"
        assert compile_data("{{ payload.b }}{{ payload.c }}").evaluate(hostile) == "{{ 1+ 1 }}"
        assert compile_expression("payload.b ~ payload.c").evaluate(hostile) == "{{ 1+ 1 }}"

    def test_data_without_expressions_is_itself(self):
        plain = {"a": [1, None, "x"]}

        assert compile_data(plain).evaluate({}) is plain


class TestHarm:
    """Whoever fills in a form may be an attacker."""

    ATTEMPTS = (
        'payload.pop("total")',
        "payload.items.append(1)",
        "payload.items.clear()",
        'payload.update({"total": 1})',
        "payload.__class__",
        "payload.customer.__dict__",
        "payload.value",
        "payload._machine",
        "payload|attr('value')",
        "payload.items.__len__",
        "''.__class__.__mro__",
        "payload.items|sort(reverse=true)",
        "payload.items|reverse",
        "payload.items + [1]",
        "payload.items * 3",
        "(payload.items or 1) * 3",
        "(payload.items if true) + (payload.items if true)",
        "-(payload.items and payload.items)",
        "self",
        "loop",
        "namespace(a=1)",
        "cycler(1)",
        "capture(1)",
        "1|capture",
        "_p(0)",
        "v_x",
    )

    @pytest.mark.parametrize("attempt", ATTEMPTS)
    def test_a_payload_cannot_be_changed_and_nothing_of_the_host_reached(self, attempt):
        before = copy.deepcopy(SCOPE)

        for compiling, source in ((compile_expression, attempt), (compile_template, "{{ " + attempt + " }}")):
            try:
                found = compiling(source).evaluate(SCOPE)
            except ExpressionError:
                continue
            assert "object at 0x" not in str(found)
        assert before == SCOPE

    def test_a_key_is_a_key_even_where_python_has_a_method_of_that_name(self):
        scope = {"payload": {"items": 1, "keys": 2, "value": 3, "__class__": 4}, "nodes": {}}

        typed = "[payload.items, payload.keys, payload.value, payload.__class__]"

        assert compile_expression(typed).evaluate(scope) == [1, 2, 3, 4]
        assert compile_expression("payload.items is defined").evaluate({"payload": {}}) is False

    BOMBS = (
        "{{ 'a' * 300000000 }}",
        "{% set s='aaaaaaaaaa' %}" + "{% set s=s~s %}" * 40 + "{{ s|length }}",
        "{% set s='aaaaaaaaaa' %}" + "{% set s=s+s %}" * 40 + "{{ s|length }}",
        "{% set s=[1] %}" + "{% set s=[s,s] %}" * 40 + "{{ s }}",
        "{% set s=[1] %}" + "{% set s=[s,s] %}" * 40 + "{{ s|tojson }}",
        "{% set s=[1] %}{% set t=[1] %}" + "{% set s=[s,s] %}{% set t=[t,t] %}" * 40 + "{{ s == t }}",
        "{% set s=[1] %}{% set t=[1] %}" + "{% set s=[s,s] %}{% set t=[t,t] %}" * 40 + "{{ s in [t] }}",
        "{% set s=[1] %}" + "{% set s=[s,s] %}" * 40 + "{{ s|unique }}",
        "{% set s=[1] %}" + "{% set s={'a':s,'b':s} %}" * 40 + "{{ s|string }}",
        "{% set s=[1] %}" + "{% set s=[s] %}" * 2000 + "{{ s }}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}",
        "{% for i in range(9999) %}" + "x" * 5000 + "{% endfor %}",
        "{% set b='x'*60000 %}{% for i in range(9999) %}{{ b == b }}{% endfor %}",
        "{% set b='x'*60000 %}{% for i in range(9999) %}{{ b|upper|length }}{% endfor %}",
        "{% set b='x'*80000 %}{{ b|replace('x', b)|length }}",
        "{% set b='x'*80000 %}{{ b|regex_replace('x', b)|length }}",
        "{% set b='x'*30000 %}{% for i in range(9999) %}{{ b|regex_match('(x+)+y') }}{% endfor %}",
        "{% for i in range(9999) %}{{ [payload,payload] == [payload,payload] }}{% endfor %}",
        "{{ range(9999)|join('x' * 60000) }}",
        "{{ 10 ** 400 }}",
        "{{ range(99999999) }}",
        "{% if 1 %}" * 500 + "{% endif %}" * 500,
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "[" * 5000 + "]" * 5000 + " }}",
        "{{ " + "1 if 1 else " * 5000 + "1 }}",
        "{{ " + "payload[" * 5000 + "]" * 5000 + " }}",
        "x" * 200_000,
    )

    @pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
    def test_a_bomb_ends_in_a_clear_error_in_no_time_and_no_memory(self, bomb):
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

        with pytest.raises(ExpressionError):
            compile_template(bomb).evaluate(SCOPE)

        assert time.process_time() - begun < 2
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kilobytes

    @pytest.mark.parametrize(
        "long",
        [
            "1" + " + 1" * 1500,
            "true" + " and true" * 1500,
            "not " * 1500 + "true",
            "-" * 1500 + "1",
            "'a'" + "~'a'" * 500,
        ],
        ids=["sum", "and", "not", "minus", "join"],
    )
    def test_a_long_row_is_no_deep_nest(self, long):
        assert compile_expression(long).evaluate(SCOPE)

    def test_a_long_row_fits_the_small_stack_of_a_thread(self):
        found = []
        threading.stack_size(1 << 20)
        try:
            thread = threading.Thread(target=lambda: found.append(value("1" + " + 1" * 1500)))
            thread.start()
            thread.join()
        finally:
            threading.stack_size(0)

        assert found == [1501]

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("+".join(["1"] * 2001), "this has more than 2,000 parts"),
            ("[" + "1," * 201 + "]", "at most 200 may stand in a row here"),
            ("payload" + ".a" * 201, "at most 200 may stand in a row here"),
            ("'a'" + "|upper" * 60, "more than 60 values or filters stand inside one another"),
        ],
        ids=["parts", "items", "keys", "filters"],
    )
    def test_what_would_take_too_long_to_compile_is_refused_before(self, typed, message):
        with pytest.raises(ExpressionError) as error:
            compile_expression(typed)

        assert error.value.message == message

    def test_a_text_may_be_as_long_as_its_limit(self):
        scope = {**SCOPE, "payload": {"text": "x" * MAX_OUTPUT}}

        assert len(compile_template("{{ payload.text }}").evaluate(scope)) == MAX_OUTPUT
        with pytest.raises(ExpressionError, match="longer than"):
            compile_template("{{ payload.text }}!").evaluate(scope)

    def test_one_evaluation_does_not_use_up_the_next_ones_budget(self):
        with pytest.raises(ExpressionError):
            text("{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}")

        assert value("payload.total") == 150

    @given(st.text(max_size=60))
    def test_any_text_is_an_expression_or_a_clear_error(self, typed):
        for compiling in (compile_expression, compile_template):
            try:
                compiling(typed).evaluate(SCOPE)
            except ExpressionError as error:
                assert error.message

    @given(st.lists(st.sampled_from(TOKENS)))
    def test_any_row_of_tokens_is_an_expression_or_a_clear_error(self, tokens):
        for compiling in (compile_expression, compile_template):
            try:
                compiling(" ".join(tokens)).evaluate(SCOPE)
            except ExpressionError as error:
                assert error.message

    @given(st.text(max_size=40))
    def test_any_text_comes_through_as_it_is(self, any_text):
        scope = {"payload": {any_text: any_text}, "nodes": {}}

        assert compile_expression("payload").evaluate(scope) == {any_text: any_text}
        assert (
            compile_template("{% for k in payload %}{{ k ~ payload[k] }}{% endfor %}").evaluate(scope)
            == any_text * 2
        )

    def test_threads_evaluate_side_by_side(self):
        program = compile_template("{% for i in range(50) %}{{ payload.n }}{% endfor %}")
        wrong = []

        def evaluate(number):
            for _ in range(50):
                if program.evaluate({"payload": {"n": number}, "nodes": {}}) != str(number) * 50:
                    wrong.append(number)

        threads = [threading.Thread(target=evaluate, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert wrong == []


LOOP_SCOPE = {**SCOPE, "nodes": {**SCOPE["nodes"], "": {"item": {"sku": "A", "tags": ["x"]}, "index": 2}}}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("item", {"sku": "A", "tags": ["x"]}),
        ("item.sku ~ index", "A2"),
        ("index > 1 and item.tags[0] == 'x'", True),
        ("item['sku']|lower", "a"),
        ("item.nope is defined or item.nope|default(false)", False),
    ],
)
def test_item_and_index_are_those_of_the_innermost_loop(typed, expected):
    program = compile_expression(typed)

    assert program.names == {""}
    assert program.evaluate(LOOP_SCOPE) == expected


def test_a_for_loop_of_a_template_may_call_its_own_variables_item_and_index():
    typed = "{% for item in payload.items %}{% set index = loop.index %}{{ item }}{{ index }}{% endfor %}"
    program = compile_template(typed)

    assert program.names == frozenset()
    assert program.evaluate(SCOPE) == "x1y2"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("item.nope", "item.nope is missing: item has sku, tags"),
        ("item.tags[7]|upper", "item.tags[7] is missing: tags is a list of 1"),
        ("index.nope", "index.nope is missing: index is a number"),
        ("item[payload.mail]", "item.ann@example.com is missing: item has sku, tags"),
    ],
)
def test_what_is_missing_in_an_item_is_said_of_the_item(typed, message):
    with pytest.raises(ExpressionError) as error:
        compile_expression(typed).evaluate(LOOP_SCOPE)

    assert error.value.message == message


def test_outside_of_a_loop_item_and_index_are_missing():
    assert value("item is defined") is False
    assert fault(compile_expression, "index + 1") == ("index is known in the body of a loop only", 1, 1)
    assert fault(compile_expression, 'node("")')[0] == "a node has a name, and this one is empty"
