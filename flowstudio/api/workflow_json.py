"""Workflows and versions as the JSON that the API answers."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from flowstudio.api import access
from flowstudio.conf import settings
from flowstudio.engine import graph as graphs
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.models import Run, Version, Workflow
from flowstudio.runs import options, plugins, reading


def person(user: Any) -> dict[str, str] | None:
    return None if user is None else {"id": str(user.pk), "name": user.get_username()}


def rows(user: Any, workflows: Iterable[Workflow]) -> list[dict[str, Any]]:
    """List rows: without graph and problems, and with a fixed number of queries."""
    workflows = list(workflows)
    roles, last_runs = access.roles_on(user, workflows), _last_runs(workflows)
    return [
        {
            **_common(workflow, roles[workflow.pk], last_runs),
            "counts": {"nodes": len(_document(workflow)["nodes"])},
        }
        for workflow in workflows
    ]


def whole(user: Any, workflow: Workflow) -> dict[str, Any]:
    document = _document(workflow)
    roles = access.roles_on(user, [workflow])[workflow.pk]
    return {
        **_common(workflow, roles, _last_runs([workflow])),
        "graph": document,
        "problems": problems_of(Graph.from_document(document), user),
    }


def problems_of(graph: Graph, user: Any) -> list[dict[str, Any]]:
    return [problem.as_dict() for problem in check(graph, user)]


def check(graph: Graph, user: Any) -> list[Any]:
    registry = plugins.registry()
    found = graphs.check(
        graph,
        registry,
        disabled=plugins.disabled_for(user),
        max_nodes=settings.MAX_GRAPH_NODES,
    )
    return [*found, *options.problems(graph, registry, user)]


def version(found: Version) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "note": found.note,
        "created": found.created,
        "created_by": person(found.created_by),
        "snapshot": found.snapshot_id,
    }


def _document(workflow: Workflow) -> dict[str, Any]:
    document: dict[str, Any] = values.loads(bytes(workflow.graph))
    return document


def _common(workflow: Workflow, roles: list[str], last_runs: Mapping[UUID, Run]) -> dict[str, Any]:
    last = last_runs.get(workflow.pk)
    published = workflow.published
    return {
        "id": workflow.pk,
        "name": workflow.name,
        "description": workflow.description,
        "enabled": workflow.enabled,
        "revision": workflow.revision,
        "published_version": published.number if published else None,
        "settings": workflow.settings,
        "owner": person(workflow.owner),
        "roles": roles,
        "updated": workflow.updated,
        "updated_by": person(workflow.updated_by),
        "last_run": reading.run_short_json(last) if last else None,
        "has_unpublished_changes": _differs(workflow),
    }


def _differs(workflow: Workflow) -> bool:
    """A snapshot's id is the hash of its bytes, so the graphs need not be compared."""
    if workflow.published is None:
        return True
    return sha256(bytes(workflow.graph)).hexdigest() != workflow.published.snapshot_id


def _last_runs(workflows: list[Workflow]) -> dict[UUID, Run]:
    """The newest run of each workflow that an event, a test or a call began."""
    began = Q(parent__isnull=True) | Q(call__gt=0)
    newest = Run.objects.filter(began, workflow=OuterRef("pk")).order_by("-queued", "-id")
    ids = (
        Workflow.objects.filter(pk__in=[workflow.pk for workflow in workflows])
        .annotate(last=Subquery(newest.values("pk")[:1]))
        .values_list("last", flat=True)
    )
    return {run.workflow_id: run for run in Run.objects.filter(pk__in=[pk for pk in ids if pk])}
