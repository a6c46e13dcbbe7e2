"""The graph document as a checked, frozen value: what the canvas saves and a snapshot stores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from flowstudio.engine import values
from flowstudio.engine.errors import GraphInvalid, Problem

FORMAT = "flowstudio/1"

Identifier = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=200)]

_FORM = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, config=_FORM)
class Retry:
    """How often a failing node is tried, and how long to wait in between.

    The wait before attempt n+1 is ``delay * backoff ** (n-1)`` seconds, one hour at most, and up to
    ``jitter`` (a part of it) longer, so that many nodes do not try again at the same moment.
    """

    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    delay: Annotated[float, Field(ge=0)] = 1.0
    backoff: Annotated[float, Field(ge=1)] = 2.0
    jitter: Annotated[float, Field(ge=0, le=1)] = 0.2
    errors: tuple[str, ...] = ()  # only after these types of error; empty: after any


@dataclass(frozen=True, slots=True, config=_FORM)
class Settings:
    """What every node can be told, whatever its plugin."""

    disabled: bool = False
    timeout: Annotated[float, Field(gt=0)] | None = None
    on_error: Literal["fail", "continue"] = "fail"
    retry: Retry = Retry()
    notes: str = ""


@dataclass(frozen=True, slots=True, config=_FORM)
class Node:
    """One box: a plugin, its config, its position, its settings."""

    id: Identifier
    plugin: Annotated[str, Field(min_length=1, max_length=100)]
    name: Name
    position: tuple[float, float] = (0.0, 0.0)  # floats: equal graphs have equal bytes
    config: dict[str, Any] = Field(default_factory=dict)
    settings: Settings = Settings()
    plugin_version: Annotated[int, Field(ge=1)] | None = None  # None: the plugin's current one
    parent: Identifier | None = None  # the loop it is drawn in


@dataclass(frozen=True, slots=True, config=_FORM)
class Edge:
    """Leads payloads from an output port to an input port."""

    id: Identifier
    source: Identifier
    source_port: str
    target: Identifier
    target_port: str


@dataclass(frozen=True, slots=True, config=_FORM)
class Graph:
    """Nodes and edges in the order of the document. Well-formed, but not yet checked to make sense."""

    format: Literal["flowstudio/1"]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def from_document(cls, document: Any) -> Graph:
        """Read a document; one that is not of the form raises GraphInvalid with every fault named."""
        try:
            values.check(document)
            return _GRAPH.validate_json(orjson.dumps(document))
        except values.ValueRefused as error:
            raise GraphInvalid([Problem("bad_document", str(error))]) from None
        except ValidationError as error:
            raise GraphInvalid([_problem(document, fault) for fault in error.errors()]) from None

    def to_document(self) -> dict[str, Any]:
        """The document again, in one stable key order."""
        return {
            "format": self.format,
            "nodes": [_node_document(node) for node in self.nodes],
            "edges": [asdict(edge) for edge in self.edges],
        }

    def to_bytes(self) -> bytes:
        return orjson.dumps(self.to_document())

    @property
    def hash(self) -> str:
        """Names the graph by its content; a snapshot's primary key."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


_GRAPH = TypeAdapter(Graph)


def empty_document() -> dict[str, Any]:
    """What a new workflow begins with."""
    return {"format": FORMAT, "nodes": [], "edges": []}


def _node_document(node: Node) -> dict[str, Any]:
    document = {
        "id": node.id,
        "plugin": node.plugin,
        "plugin_version": node.plugin_version,
        "name": node.name,
        "position": list(node.position),
        "config": node.config,
        "settings": _settings_document(node.settings),
        "parent": node.parent,
    }
    if node.plugin_version is None:
        del document["plugin_version"]
    return document


def _settings_document(settings: Settings) -> dict[str, Any]:
    document = asdict(settings)
    document["retry"]["errors"] = list(settings.retry.errors)
    return document


def _problem(document: Any, fault: Mapping[str, Any]) -> Problem:
    """A fault of the form, tied to the node or edge it stands in where that has an id."""
    place = tuple(fault["loc"])
    node = edge = None
    if len(place) >= 2 and place[0] in ("nodes", "edges"):
        item = document[place[0]][place[1]]
        identifier = item.get("id") if isinstance(item, dict) else None
        if isinstance(identifier, str):
            node, edge = (identifier, None) if place[0] == "nodes" else (None, identifier)
            place = place[2:]
    where = ".".join(str(part) for part in place) or "the document"
    return Problem("bad_document", f"{where}: {fault['msg']}.", node, edge, path=place)
