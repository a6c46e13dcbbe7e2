"""The example workflows that a new studio begins with: published, switched on, each with samples."""

from pathlib import Path
from typing import Any

from django.db import transaction

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.runs import publishing

FOLDER = Path(__file__).with_suffix("")


def install(owner: Any = None) -> list[models.Workflow]:
    """Store the examples for ``owner``, unless there is or was any workflow here."""
    with transaction.atomic():
        if models.Workflow.objects.exists():
            return []
        return [_install(values.loads(file.read_bytes()), owner) for file in sorted(FOLDER.glob("*.json"))]


def _install(example: dict[str, Any], owner: Any) -> models.Workflow:
    graph = Graph.from_document(example["graph"])
    workflow = models.Workflow.objects.create(
        name=example["name"],
        description=example["description"],
        enabled=True,
        owner=owner,
        updated_by=owner,
        graph=graph.to_bytes(),
    )
    publishing.publish(workflow, graph, user=owner, name="First version")
    for sample in example["samples"]:
        models.Sample.objects.create(
            workflow=workflow,
            name=sample["name"],
            event_type=sample["event_type"],
            properties=values.dumps(sample["properties"]),
        )
    workflow.refresh_from_db()
    return workflow
