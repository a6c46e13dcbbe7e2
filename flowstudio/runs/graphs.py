"""Stored graphs and what is compiled from them, kept by content hash: a snapshot never changes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flowstudio.engine.errors import ExpressionError, GraphInvalid
from flowstudio.engine.graph import Graph, Node
from flowstudio.engine.plan import Plan, compile_plan, compile_trigger
from flowstudio.engine.plugins import Event, Trigger
from flowstudio.engine.registry import Registry
from flowstudio.engine.values import loads
from flowstudio.models import Snapshot
from flowstudio.runs import plugins

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TriggerNode:
    """A trigger of a graph, ready to be asked."""

    node: Node
    asks: Callable[[Event], bool]

    def matches(self, event: Event) -> bool:
        """Does it take the event? One that fails on it takes nothing, and says so in the log."""
        try:
            return self.asks(event)
        except ExpressionError as error:
            logger.info("The trigger %r does not take %r: %s", self.node.name, event.type, error)
            return False
        except Exception:
            logger.warning("The trigger %r failed on %r.", self.node.name, event.type, exc_info=True)
            return False


def triggers(graph: Graph, registry: Registry) -> list[TriggerNode]:
    """The triggers of a graph that are switched on and can be compiled."""
    found = []
    for node in graph.nodes:
        plugin = registry.get(node.plugin)
        if plugin is None or not issubclass(plugin, Trigger) or node.settings.disabled:
            continue
        try:
            found.append(TriggerNode(node, compile_trigger(node, registry)))
        except GraphInvalid as error:
            logger.warning("The trigger %r cannot be asked: %s", node.name, error)
    return found


def snapshot(graph: Graph) -> Snapshot:
    """The stored snapshot of ``graph``, written if it is new."""
    found = Snapshot.objects.filter(pk=graph.hash).first()
    if found is not None:
        return found
    new = Snapshot(hash=graph.hash, graph=graph.to_bytes())
    Snapshot.objects.bulk_create([new], ignore_conflicts=True)  # another process may have been first
    return new


@lru_cache(maxsize=256)
def graph_of(snapshot_hash: str) -> Graph:
    data = Snapshot.objects.values_list("graph", flat=True).get(pk=snapshot_hash)
    return Graph.from_document(loads(bytes(data)))


@lru_cache(maxsize=256)
def plan_of(snapshot_hash: str, start: str, until: str | None = None) -> Plan:
    """The compiled plan of a run that begins at ``start``; raises GraphInvalid."""
    return compile_plan(graph_of(snapshot_hash), plugins.registry(), start=start, until=until)


@lru_cache(maxsize=256)
def triggers_of(snapshot_hash: str) -> list[TriggerNode]:
    return triggers(graph_of(snapshot_hash), plugins.registry())
