"""Is the process up, and can it work? For load balancers and service managers; no user needed."""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from flowstudio.api.problems import plain


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and is migrated. Says no more than that: anybody may ask."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes("flowstudio"))
    except DatabaseError:
        return plain(503, "not_ready", "The database does not answer.")
    if waiting:
        return plain(503, "not_ready", "Migrations are to be applied: run `manage.py migrate`.")
    return JsonResponse({"status": "ready"})
