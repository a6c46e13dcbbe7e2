"""Listen for a test event: the next real call of a draft's webhook runs the draft, for five minutes.

``start``, ``stop`` and ``take`` write: they belong into the writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.graph import Graph, Node
from flowstudio.engine.plan import compile_plan
from flowstudio.runs import plugins, submit, webhooks
from flowstudio.runs.events import EventRefused, NewEvent

LISTEN_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Listening:
    """What an editor is told: the last part of the address to call, and until when."""

    path: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """How the listening stands: ``event`` and ``run`` are None until a call has come."""

    expires: datetime
    event: models.Event | None
    run: models.Run | None


def start(workflow: models.Workflow, graph: Graph, node_id: str, user: Any) -> Listening:
    """Listen anew at the webhook ``node_id`` of ``graph``; raises EventRefused, GraphInvalid."""
    path = webhooks.path_of(node := _node(graph, node_id))
    if path is None or webhooks.config_of(node) is None:
        raise EventRefused("no_webhook", f"“{node.name}” is no webhook with complete settings.")
    compile_plan(graph, plugins.registry(), start=node_id)
    stop(workflow, node_id)
    listener = models.WebhookListener.objects.create(
        workflow=workflow,
        node=node_id,
        hash=webhooks.path_hash(path),
        user=user,
        graph=graph.to_bytes(),
        expires=timezone.now() + LISTEN_FOR,
    )
    return Listening(path, listener.expires)


def stop(workflow: models.Workflow, node_id: str) -> None:
    models.WebhookListener.objects.filter(workflow=workflow, node=node_id).delete()


def state(workflow: models.Workflow, node_id: str) -> Heard | None:
    """What was heard at the node since listening began; None where nobody has listened there."""
    listeners = models.WebhookListener.objects.filter(workflow=workflow, node=node_id)
    listener = listeners.select_related("event").last()
    if listener is None:
        return None
    run = listener.event.runs.first() if listener.event else None
    return Heard(listener.expires, listener.event, run)


def open_at(path: str) -> QuerySet[models.WebhookListener]:
    """The listeners that wait for a call of ``path``."""
    return models.WebhookListener.objects.filter(
        hash=webhooks.path_hash(path), event__isnull=True, expires__gt=timezone.now()
    ).select_related("workflow", "user")


def config(listener: models.WebhookListener) -> Any:
    """The draft's settings of the webhook that listens."""
    return webhooks.config_of(_node(_graph(listener), listener.node))


def take(listener: models.WebhookListener, new: NewEvent) -> models.Run | None:
    """Run the draft with this call; None where another call was first."""
    waiting = models.WebhookListener.objects.select_for_update().filter(pk=listener.pk, event__isnull=True)
    if not waiting.exists():
        return None
    run = submit.start_test(
        listener.workflow, graph=_graph(listener), event=new, start=listener.node, user=listener.user
    )
    waiting.update(event=run.event)
    return run


def _graph(listener: models.WebhookListener) -> Graph:
    return Graph.from_document(values.loads(bytes(listener.graph)))


def _node(graph: Graph, node_id: str) -> Node:
    for node in graph.nodes:
        if node.id == node_id:
            return node
    raise EventRefused("no_webhook", f"This graph has no node {node_id!r}.")
