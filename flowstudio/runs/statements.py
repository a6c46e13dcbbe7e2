"""The hot statements as SQL that SQLite and PostgreSQL both know, prepared once.

Django's ORM takes about ten times as long for them, and they run once per effectful node. Values pass
through the fields, so what is stored is what the ORM would store.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models


class Insert:
    """``INSERT`` of whole rows of a model; with ``unique``, an existing row is updated instead."""

    def __init__(
        self, model: type[models.Model], *, unique: Sequence[str] = (), keep: Sequence[str] = ()
    ) -> None:
        self._model, self._unique, self._keep = model, unique, keep

    def run(self, rows: Sequence[models.Model]) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        fields = self._fields
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            for row in rows
        ]
        with connection.cursor() as cursor:
            if len(values) == 1:
                cursor.execute(self._sql, values[0])
            else:
                cursor.executemany(self._sql, values)
        for row in rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    @cached_property
    def _fields(self) -> list[Any]:
        automatic = self._model._meta.auto_field
        return [field for field in self._model._meta.concrete_fields if field is not automatic]

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
