"""The Store of a node in the database: each call one statement, in which the expiry counts as well.

So two runs that count at once never get the same number. Inside a node's transaction the statements are
part of it, for they use the connection of its thread.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import stores, values
from flowstudio.engine.plugins import Context
from flowstudio.engine.values import JSON
from flowstudio.runs import writer

SWEEP_ROWS: Final = 1_000

TABLE: Final = models.StoredValue._meta.db_table
PLACE: Final = "workflow_id = %s AND is_test = %s AND scope = %s AND key = %s"
INSERT: Final = (
    f"INSERT INTO {TABLE} AS old (workflow_id, is_test, scope, key, value, number, expires)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (workflow_id, is_test, scope, key) DO UPDATE SET"
)
ALL: Final = " value = excluded.value, number = excluded.number, expires = excluded.expires"
GET: Final = f"SELECT value, number FROM {TABLE} WHERE {PLACE} AND (expires IS NULL OR expires > %s)"
DELETE: Final = f"DELETE FROM {TABLE} WHERE {PLACE}"
ONCE: Final = f"{INSERT}{ALL} WHERE old.expires <= %s RETURNING number"
COUNT: Final = (
    f"{INSERT} value = CASE WHEN old.expires <= %s THEN NULL ELSE old.value END,"
    " number = CASE WHEN old.expires <= %s THEN excluded.number ELSE old.number + excluded.number END,"
    " expires = CASE WHEN old.expires <= %s THEN excluded.expires ELSE old.expires END"
    " RETURNING value, number"
)


class DatabaseStore:
    """The values of one node, or of one subject, of a workflow; a test run has its own."""

    def __init__(self, workflow_id: str, is_test: bool, scope: str) -> None:
        self._workflow_id, self._is_test, self._scope = workflow_id, is_test, scope

    def get(self, key: str, default: JSON = None) -> JSON:
        row = self._one(GET, *self._place(key), _stored(timezone.now()))
        if row is None:
            return default
        return row[1] if row[0] is None else values.loads(bytes(row[0]))

    def put(self, key: str, value: JSON, *, seconds: float | None = None) -> None:
        data = stores.encoded(value, settings.MAX_STORED_BYTES)
        number = value if type(value) is int else 0  # a number can be counted on
        kept = None if type(value) is int else data
        self._write(f"{INSERT}{ALL} RETURNING number", *self._place(key), kept, number, _until(seconds))

    def delete(self, key: str) -> None:
        with writer.turn(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(DELETE, self._place(key))

    def count(self, key: str, by: int = 1, *, seconds: float | None = None) -> int:
        stores.check_count(by)
        now = _stored(timezone.now())
        row = self._write(COUNT, *self._place(key), None, by, _until(seconds), now, now, now, counts=True)
        return int(row[1])

    def once(self, key: str, *, seconds: float | None = None) -> bool:
        now = _stored(timezone.now())
        return self._write(ONCE, *self._place(key), b"true", 0, _until(seconds), now) is not None

    def of(self, subject: str) -> DatabaseStore:
        stores.check_key(subject, "subject")
        return DatabaseStore(self._workflow_id, self._is_test, f"subject:{subject}")

    def _place(self, key: str) -> tuple[Any, ...]:
        stores.check_key(key)
        field = models.Workflow._meta.pk
        workflow = field.get_db_prep_value(self._workflow_id, connections[DEFAULT_DB_ALIAS])
        return workflow, self._is_test, self._scope, key

    def _write(self, sql: str, *parameters: Any, counts: bool = False) -> Any:
        """The row that the statement returns. What cannot be counted is refused before it is kept."""
        with writer.turn():
            row = self._one(sql, *parameters)
            if counts:
                stores.check_count(row[1] if row[0] is None else None)
        return row

    def _one(self, sql: str, *parameters: Any) -> Any:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()


def store_of(context: Context) -> DatabaseStore:
    """What ``context.store`` is: the values of the step's node."""
    return DatabaseStore(context.run.workflow_id, context.run.is_test, f"node:{context.node}")


def sweep() -> int:
    """Delete some of the expired values (a job of the writer), and say how many there were."""
    expired = models.StoredValue.objects.filter(expires__lte=timezone.now()).order_by("expires")
    found = list(expired.values_list("pk", flat=True)[:SWEEP_ROWS])
    return models.StoredValue.objects.filter(pk__in=found, expires__lte=timezone.now()).delete()[0]


def _until(seconds: float | None) -> Any:
    stores.check_seconds(seconds)
    return None if seconds is None else _stored(timezone.now() + timedelta(seconds=seconds))


def _stored(moment: datetime) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)
