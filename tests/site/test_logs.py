"""Log lines: nothing that a request brings forges one."""

import logging

import pytest

from flowstudio.site.logs import MAX_CHARACTERS, Line


def formatted(message, *arguments, exc_info=None):
    return Line().format(logging.LogRecord("flowstudio", 40, "", 0, message, arguments, exc_info))


@pytest.mark.parametrize("mean", ["\n", "\r", "\x1b[2J", "\u2028", "\x85", "\u202e", "\ud800"])
def test_a_message_stays_one_printable_line(mean):
    line = formatted("Not Found: %s", f"/a{mean}2026-01-01 ERROR forged")

    assert len(line.splitlines()) == 1
    assert line.encode().decode().isprintable()


def test_other_languages_stay_readable():
    assert formatted("%s", "Bestellung für Zoë ✓").endswith("Bestellung für Zoë ✓")


def test_a_very_long_message_is_cut_and_says_so():
    line = formatted("x" * 10_000)

    assert len(line) < MAX_CHARACTERS + 100
    assert "10,000 characters" in line


def test_a_traceback_keeps_its_lines():
    try:
        raise RuntimeError("oops")
    except RuntimeError as error:
        text = formatted("Failed", exc_info=(type(error), error, error.__traceback__))

    assert "Traceback" in text
    assert len(text.splitlines()) > 3
