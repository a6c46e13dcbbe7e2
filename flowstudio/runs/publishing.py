"""Make a graph the version of a workflow that events start."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from flowstudio import models
from flowstudio.engine.graph import Graph
from flowstudio.runs import graphs, webhooks


def publish(
    workflow: models.Workflow, graph: Graph, *, user: Any = None, name: str = "", note: str = ""
) -> models.Version:
    """Store ``graph``, which the caller has checked, as the next version and put it in force."""
    with transaction.atomic():
        newest = workflow.versions.aggregate(newest=Max("number"))["newest"] or 0
        version = workflow.versions.create(
            number=newest + 1, snapshot=graphs.snapshot(graph), name=name, note=note, created_by=user
        )
        webhooks.index(version)
        models.Workflow.objects.filter(pk=workflow.pk).update(published=version)
    return version
