"""Each filter and test of expressions: what it gives, and what it says when it cannot."""

import pytest

from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions import compile_expression, filters

SCOPE = {
    "payload": {
        "name": " ann lee ",
        "mail": "ann@example.com",
        "lines": [{"sku": "A", "qty": 2, "price": {"net": 3.5}}, {"sku": "B", "qty": 1, "price": {"net": 1}}],
        "person": {"name": "Ann", "id": 3},
    },
    "event": {},
    "run": {},
    "now": "2026-05-01T12:30:45Z",
    "nodes": {},
}

GIVES = [
    ("-3|abs", -3),
    ("(-3)|abs", 3),
    ("''|bool or 'x'|bool", True),
    ("'aNN'|capitalize", "Ann"),
    ("payload.lines|count + 'abc'|length", 5),
    ("now|date", "2026-05-01"),
    ("now|date('%d.%m.%Y %H:%M')", "01.05.2026 12:30"),
    ("0|date", "1970-01-01"),
    ("'<b>\"'|escape", "&lt;b&gt;&quot;"),
    ("'<b>'|e", "&lt;b&gt;"),
    ("payload.lines|map('sku')|first ~ 'xyz'|last", "Az"),
    ("'2.5'|float + 1|float", 3.5),
    ("'x'|float(0.5)", 0.5),
    ("'abc'|hash", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("'abc'|hash('md5')", "900150983cd24fb0d6963f7d28e17f72"),
    ("' 42 '|int + '3.9'|int + 2.9|int + true|int", 48),
    ("'x'|int(0) + none|int(5)", 5),
    ("payload.person|items", [["name", "Ann"], ["id", 3]]),
    ("[1, none, true, 'x']|join('-')", "1--true-x"),
    ("payload.person|keys", ["name", "id"]),
    ("payload.person|values", ["Ann", 3]),
    ("'ab'|list", ["a", "b"]),
    ("'ÄB'|lower ~ 'äb'|upper", "äbÄB"),
    ("payload.lines|map('price.net')", [3.5, 1]),
    ("[3, 1, 2]|max - [3, 1, 2]|min", 2),
    ("['b', 'a']|min", "a"),
    ("now|minus(hours=1)", "2026-05-01T11:30:45Z"),
    ("'2026-02-27'|plus(days=2)|date", "2026-03-01"),
    ("now|plus(weeks=1, minutes=-30, seconds=15)", "2026-05-08T12:01:00Z"),
    ("'2026-05-01T12:00:00+02:00'|plus(days=1)", "2026-05-02T12:00:00+02:00"),
    ("'a1 b22'|regex_find('[0-9]+')", ["1", "22"]),
    ("'k=v k2=w'|regex_find('(\\\\w+)=')", ["k", "k2"]),
    ("payload.mail|regex_match('^[a-z]+@')", True),
    ("payload.mail|regex_replace('^(\\\\w+)@', '\\\\1 at ')", "ann at example.com"),
    ("payload.lines|selectattr('qty', '>', 1)|map('sku')", ["A"]),
    ("payload.lines|rejectattr('qty', '>', 1)|map('sku')", ["B"]),
    ("payload.lines|selectattr('sku', 'in', ['B'])|count", 1),
    ("'a.b.c'|replace('.', '/')", "a/b/c"),
    ("[1, 2]|reverse", [2, 1]),
    ("'abc'|reverse", "cba"),
    ("[2.5|round, -2.5|round, 1.25|round(1), 1250|round(-2)]", [3, -3, 1.3, 1300]),
    ("[3, 1]|sort + '' if false else [3, 1]|sort", [1, 3]),
    ("['b', 'a']|sort(reverse=true)", ["b", "a"]),
    ("payload.lines|sort(attribute='qty')|map('sku')", ["B", "A"]),
    ("'a b  c'|split", ["a", "b", "c"]),
    ("'a,b'|split(',')", ["a", "b"]),
    ("[none|string, 1.5|string, [1]|string]", ["", "1.5", "[1]"]),
    ("[1, 2.5]|sum", 3.5),
    ("[]|sum", 0),
    ("payload.lines|sum('price.net')", 4.5),
    ("'1970-01-01T00:01:00Z'|timestamp", 60),
    ("'ann lee'|title", "Ann Lee"),
    ("payload.person|tojson ~ 'x'|json", '{"name":"Ann","id":3}"x"'),
    ("payload.name|trim", "ann lee"),
    ("'abcdef'|truncate(4)", "abc…"),
    ("'abc'|truncate(3)", "abc"),
    ("[1, 1.5, true, 'a', 'a', [1], [1]]|unique|count", 5),
    ("'a b/ä'|urlencode", "a%20b%2F%C3%A4"),
    ("[true is boolean, 1 is boolean]", [True, False]),
    ("6 is divisibleby(3) and 6 is even and 5 is odd", True),
    ("'abc' is startingwith('a') and 'abc' is endingwith('c')", True),
    ("[1 is integer, 1.5 is integer, 1.5 is number, 'x' is number]", [True, False, True, False]),
    ("[[] is sequence, {} is mapping, 'x' is string, [] is iterable, 1 is iterable]", [True] * 4 + [False]),
    ("[none is none, true is true, 1 is true, false is false]", [True, True, False, True]),
]

SAYS = [
    ("1|upper", "upper wants text, and this is a number"),
    ("{}|join", "join wants list, and this is an object"),
    ("none|length", "length wants text or list or object, and this is null"),
    ("'x'|int", "'x' is not a number"),
    ("{}|int", "an object is not a number"),
    ("'1e99'|float", "is not a number"),
    ("'inf'|float", "is not a number"),
    ("'soon'|date", "'soon' is not a time such as 2026-05-01T12:00:00Z"),
    ("now|date('%99999999Y')", "is not a date format"),
    ("now|plus(days=99999999999)", "cannot work with these arguments"),
    ("now|plus(days='x')", "cannot work with these arguments"),
    ("now|plus(99)|date('%Q')", "is not a date format"),
    ("[]|first", "first finds nothing in an empty list"),
    ("''|last", "last finds nothing in an empty text"),
    ("[1, 'a']|sort", "all numbers or all texts"),
    ("[]|max", "all numbers or all texts"),
    ("[1, 'a']|sum", "sum adds numbers, and found 'a'"),
    ("[{}]|map('x')", "x is missing in an item: an object"),
    ("[{'a': 'x'}]|selectattr('a', '>', 1)", "text cannot be compared with a number"),
    ("[{'a': 'x'}]|selectattr('a', '~', 1)", "'~' is not a comparison"),
    ("'a'|split('')", "split wants a separator"),
    ("'a'|replace('', 'b')", "replace wants a text to look for"),
    ("'a'|hash('crc')", "hash knows sha256"),
    ("'a'|regex_match('(')", "the regular expression '(' is not valid: missing )"),
    ("'a'|regex_match('(?=a)')", "is not valid"),
    ("1.5|round(99)", "precision from -15 to 15"),
    ("'a'|truncate('b')", "cannot work with these arguments"),
    ("1 is divisibleby(0)", "cannot work with these arguments"),
    ("'x' is odd", "odd wants number, and this is a text"),
]


@pytest.mark.parametrize(("typed", "expected"), GIVES)
def test_gives(typed, expected):
    assert compile_expression(typed).evaluate(SCOPE) == expected


@pytest.mark.parametrize(("typed", "message"), SAYS)
def test_says(typed, message):
    with pytest.raises(ExpressionError) as error:
        compile_expression(typed).evaluate(SCOPE)

    assert message in error.value.message
    assert error.value.line == 1


@pytest.mark.parametrize("table", [filters.FILTERS, filters.TESTS], ids=["filters", "tests"])
def test_every_one_is_tested_here(table):
    used = " ".join(typed for typed, _ in GIVES)

    assert [name for name in table if name not in used] == []


def test_a_regular_expression_cannot_run_away():
    typed = "('a' * 5000)|regex_match('(a+)+$') and not ('a' * 5000 ~ '!')|regex_match('^(a+)+$')"

    assert compile_expression(typed).evaluate(SCOPE) is True
