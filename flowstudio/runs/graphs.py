"""Stored graphs and what is compiled from them, kept by content hash: a snapshot never changes."""

from functools import lru_cache

from flowstudio.engine.graph import Graph
from flowstudio.engine.plan import Plan, compile_plan
from flowstudio.engine.values import loads
from flowstudio.models import Snapshot
from flowstudio.runs import plugins


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
