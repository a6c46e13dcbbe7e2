"""The hot statements as SQL that SQLite and PostgreSQL both know, prepared once.

Django's ORM takes about ten times as long for them, and they run once per effectful node. Rows of a model
pass through its fields, so what is stored is what the ORM would store; the hottest rows come as tuples whose
values were made ready by :class:`Forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models


@dataclass(frozen=True, slots=True)
class Forms:
    """How this database wants ids and times, as the ORM would hand them over."""

    uuid: Callable[[UUID], Any]
    uuid_of_text: Callable[[str | None], Any]
    time: Callable[[datetime | None], Any]


@cache
def forms() -> Forms:
    connection = connections[DEFAULT_DB_ALIAS]
    ops = connection.ops
    is_native = connection.features.has_native_uuid_field

    def uuid(value: UUID) -> Any:
        return value if is_native else value.hex

    def uuid_of_text(value: str | None) -> Any:
        return None if value is None else uuid(UUID(value))

    def time(value: datetime | None) -> Any:
        return ops.adapt_datetimefield_value(value)

    in_utc = connection.vendor == "sqlite" and connection.timezone is UTC
    return Forms(uuid, uuid_of_text, _TimesOfSQLite(time) if in_utc else time)


class _TimesOfSQLite:
    """``2026-11-24 09:00:00.000001`` from a time in UTC; writing one anew takes thrice as long."""

    def __init__(self, other: Callable[[datetime | None], Any]) -> None:
        self._other = other
        self._second = datetime.min.replace(tzinfo=UTC), ""  # the one written last

    def __call__(self, value: datetime | None) -> Any:
        if value is None or value.tzinfo is not UTC:
            return self._other(value)
        begin, text = self._second
        since = value - begin
        if since.days or since.seconds:
            begin = value.replace(microsecond=0)
            text = str(begin)[:-6]
            self._second = begin, text
        fraction = value.microsecond
        return f"{text}.{fraction:06}" if fraction else text


class Insert:
    """``INSERT`` of whole rows of a model; with ``unique``, an existing row is updated instead.

    ``columns`` (attribute names) for rows that are tuples; else all fields but an automatic key.
    """

    def __init__(
        self,
        model: type[models.Model],
        *,
        unique: Sequence[str] = (),
        keep: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> None:
        self._model, self._unique, self._keep, self._names = model, unique, keep, columns

    def run(self, rows: Sequence[models.Model]) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        fields = self._fields
        self.run_ready(
            [
                tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields)
                for row in rows
            ]
        )
        for row in rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    def run_ready(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows as tuples of values that are ready for the database."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(self._sql, rows[0])
            else:
                cursor.executemany(self._sql, rows)

    @cached_property
    def _fields(self) -> list[Any]:
        automatic = self._model._meta.auto_field
        fields = {field.attname: field for field in self._model._meta.concrete_fields}
        if self._names:
            return [fields[name] for name in self._names]
        return [field for field in fields.values() if field is not automatic]

    @cached_property
    def _sql(self) -> str:
        columns = [field.column for field in self._fields]
        marks = ", ".join(["%s"] * len(columns))
        sql = (
            f"INSERT INTO {self._model._meta.db_table} ({', '.join(map(_quoted, columns))}) VALUES ({marks})"
        )
        if not self._unique:
            return sql
        changes = ", ".join(
            f"{_quoted(column)} = excluded.{_quoted(column)}"
            for column in columns
            if column not in self._unique and column not in self._keep
        )
        return f"{sql} ON CONFLICT ({', '.join(map(_quoted, self._unique))}) DO UPDATE SET {changes}"


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)
