"""Which published workflows an event may start: asked for every event, so the statement is kept."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from flowstudio.conf import settings
from flowstudio.models import Role, Version, Workflow

COLUMNS = ("id", "name", "settings", "published_id", "published__number", "published__snapshot_id")


def workflows(user: Any = None) -> Iterator[Workflow]:
    """Those that are switched on, with their version; for a user, those on which she has *run*."""
    if user is None or (user.is_superuser and user.is_active and not settings.WORKFLOW_FILTER):
        return _with_versions(_all())
    return _with_versions(_in_force(Workflow.objects.for_user(user, Role.RUN)).values_list(*COLUMNS))


def _in_force(queryset: QuerySet[Workflow]) -> QuerySet[Workflow]:
    return queryset.filter(enabled=True, deleted__isnull=True, published__isnull=False)


def _all() -> Iterable[Sequence[Any]]:
    sql, parameters = _statement()
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """Compiled once: the ORM needs ten times as long to write this statement as SQLite to answer it."""
    sql, parameters = _in_force(Workflow.objects.all()).values_list(*COLUMNS).query.sql_with_params()
    return sql, tuple(parameters)


def _with_versions(rows: Iterable[Sequence[Any]]) -> Iterator[Workflow]:
    """Instances that hold what starting a run needs; any other field is fetched when it is read.

    Trap: ``from_db`` takes values in the order of the model's fields, whatever order the names have.
    """
    for pk, name, own_settings, version, number, snapshot in rows:
        values = _uuid(pk), name, version, _settings(own_settings)
        workflow = Workflow.from_db(DEFAULT_DB_ALIAS, ("id", "name", "published_id", "settings"), values)
        workflow.published = Version.from_db(
            DEFAULT_DB_ALIAS,
            ("id", "workflow_id", "number", "snapshot_id"),
            (version, workflow.pk, number, snapshot),
        )
        yield workflow


def _settings(value: Any) -> Any:
    """The kept statement gives what the database holds, the ORM what the field makes of it."""
    return value if isinstance(value, dict) else orjson.loads(bytes(value))


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
