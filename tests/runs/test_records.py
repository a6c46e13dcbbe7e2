"""Rows of steps: each payload serialised once, all columns given, values as the ORM writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.trace import StepRecord
from flowstudio.runs import records, statements
from flowstudio.runs.masking import Masker
from flowstudio.runs.records import Encoder, Rows


@pytest.fixture
def serialised(monkeypatch):
    """Every value that was written as JSON text, in order."""
    written = []

    def encode(value):
        written.append(value)
        return original(value)

    original = values.encode
    monkeypatch.setattr(values, "encode", encode)
    return written


@pytest.fixture
def rows():
    return Rows(models.Run(recording="all"), statements.forms())


def step(given, *fired):
    ports = [f"port{number}" for number in range(len(fired))]
    return StepRecord("n", "log", input=given, outputs=dict(zip(ports, fired, strict=True)))


def count(serialised, value):
    return sum(each is value for each in serialised)


def test_a_payload_that_goes_to_many_nodes_is_serialised_once(rows, serialised):
    encode, shared = Encoder(), {"a": 1}
    fired = [{"n": number} for number in range(50)]

    rows.step(step({"first": 1}, shared), encode, 1)
    for payload in fired:
        rows.step(step(shared, payload), encode, 1)

    assert count(serialised, shared) == 1


def test_a_payload_passed_on_through_a_chain_is_serialised_once(rows, serialised):
    encode, shared = Encoder(), {"a": 1}

    for _ in range(50):
        rows.step(step(shared, shared), encode, 1)

    assert count(serialised, shared) == 1


def test_payloads_that_meet_are_serialised_once_each_and_once_as_one(rows, serialised):
    encode, left, right = Encoder(), {"a": 1}, {"b": 2}
    met = {**left, **right}

    rows.step(step({}, left, right), encode, 1)
    rows.step(step(met, met), encode, 1)
    rows.entry(step(met, met), encode)

    assert [count(serialised, value) for value in (left, right, met)] == [1, 1, 1]


def test_what_is_not_shown_is_looked_at_for_secrets_once(serialised, monkeypatch):
    looked = []
    monkeypatch.setattr(Masker, "note", lambda self, data: looked.append(data))
    rows, encode, shared = Rows(models.Run(recording="status"), statements.forms()), Encoder(), {"a": 1}

    for _ in range(3):
        rows.step(step(shared, shared), encode, 1)

    assert looked == [b'{"a":1}']


def test_the_rows_have_all_columns_of_their_tables():
    steps = {field.attname for field in models.Step._meta.concrete_fields}
    entries = {field.attname for field in models.JournalEntry._meta.concrete_fields} - {"id"}

    assert set(records.STEP_COLUMNS) == steps
    assert set(records.ENTRY_COLUMNS) == entries


@pytest.mark.parametrize(
    "time",
    [
        None,
        datetime(2026, 11, 24, 9, 30, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 30, 0, 999_999, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 29, 59, 999_999, tzinfo=UTC),  # before the one written last
        datetime(2026, 11, 25, 9, 29, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 24, 9, 30, 0, 1, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_are_written_as_the_orm_writes_them(time):
    assert statements.forms().time(time) == connection.ops.adapt_datetimefield_value(time)
