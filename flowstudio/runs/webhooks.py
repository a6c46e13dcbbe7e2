"""Which webhook nodes are called at a path: an index written at publishing, read in constant time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from pydantic import ValidationError

from flowstudio import models
from flowstudio.engine.graph import Graph, Node
from flowstudio.runs import graphs, plugins

PLUGIN = "webhook"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook node that takes calls; ``config`` is the plugin's own."""

    workflow: models.Workflow
    node: str
    config: Any


def path_hash(path: str) -> str:
    """What is stored and looked up instead of the secret; equal hashes are found without timing it."""
    return hashlib.sha256(path.encode()).hexdigest()


def index(version: models.Version) -> None:
    """Make the webhooks of a new version callable; part of publishing it."""
    nodes = graphs.graph_of(version.snapshot_id).nodes
    models.WebhookPath.objects.bulk_create(
        models.WebhookPath(hash=path_hash(path), version=version, node=node.id)
        for node in nodes
        if (path := path_of(node)) and not node.settings.disabled
    )


def called_at(path: str) -> list[Hook]:
    """The webhooks of switched-on workflows' published versions that this path calls."""
    rows = models.WebhookPath.objects.filter(
        hash=path_hash(path),
        version__workflow__published=F("version"),
        version__workflow__enabled=True,
        version__workflow__deleted__isnull=True,
    ).select_related("version__workflow")
    return [_hook(row.version.workflow, graphs.graph_of(row.version.snapshot_id), row.node) for row in rows]


def _hook(workflow: models.Workflow, graph: Graph, node_id: str) -> Hook:
    node = next(node for node in graph.nodes if node.id == node_id)
    return Hook(workflow, node_id, config_of(node))


def path_of(node: Node) -> str | None:
    """The path at which a node is called; None where it is no webhook or has none yet."""
    if node.plugin != PLUGIN or not isinstance(path := node.config.get("path"), str):
        return None
    return path or None


def config_of(node: Node) -> Any:
    """The checked config of a webhook node; None where it has problems or the plugin is missing."""
    plugin = plugins.registry().get(PLUGIN)
    try:
        return plugin.Config.model_validate(dict(node.config)) if plugin else None
    except ValidationError:
        return None


def source(path: str) -> str:
    """The source under which a call is recorded, by which its webhook's trigger knows it again."""
    plugin: Any = plugins.registry().get(PLUGIN)
    return str(plugin.source(path))
