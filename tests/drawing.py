"""Graphs in short, for tests."""

from flowstudio.engine.graph import Graph


def graph(*nodes, edges=(), **settings_of):
    """A graph in short: ``("start", "start"), ("log", "log_message", {"message": "x"})`` and
    ``edges=["start.payload > log"]``, where a missing port is the first one, ``payload``."""
    return Graph.from_document(
        {
            "format": "flowstudio/1",
            "nodes": [
                {
                    "id": node[0],
                    "plugin": node[1],
                    "name": node[0],
                    "position": [200 * number, 100],
                    "config": node[2] if len(node) > 2 else {},
                    **settings_of.get(node[0], {}),
                }
                for number, node in enumerate(nodes)
            ],
            "edges": [_edge(number, text) for number, text in enumerate(edges)],
        }
    )


def _edge(number, text):
    source, target = (end.strip() for end in text.split(">"))
    source, _, port = source.partition(".")
    target, _, target_port = target.partition(".")
    return {
        "id": f"e{number}",
        "source": source,
        "source_port": port or "payload",
        "target": target,
        "target_port": target_port or "payload",
    }
