"""The lists from which a field of a form is chosen, each as the asking user may choose from it."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from flowstudio.engine import configs, plan
from flowstudio.engine.document import Graph, Node
from flowstudio.engine.errors import GraphInvalid, Problem
from flowstudio.engine.plugins import NodeConfig
from flowstudio.engine.registry import Registry
from flowstudio.models import Role, Workflow


class Option(NamedTuple):
    """A value that a field may hold, and what people read for it."""

    value: str
    label: str


def _workflows(user: Any) -> list[Option]:
    """Those that a Call workflow of this user may call."""
    found = Workflow.objects.for_user(user, Role.RUN).filter(published__isnull=False)
    return [Option(str(key), name) for key, name in found.values_list("pk", "name")]


LISTS: Final[Mapping[str, Callable[[Any], list[Option]]]] = {"workflows": _workflows}


def problems(graph: Graph, registry: Registry, user: Any) -> Iterator[Problem]:
    """One ``not_offered`` for each value that its field's list does not offer to ``user``.

    A list that does not exist offers nothing. What is evaluated in a run is left to the run.
    """
    offered: dict[str, list[str]] = {}
    for node in graph.nodes:
        for field, title, name, value in _chosen(node, registry):
            if name not in offered:
                offered[name] = [option.value for option in LISTS[name](user)] if name in LISTS else []
            if value not in offered[name]:
                text = f"{title} of “{node.name}” is not there any more, or is not yours to choose."
                yield Problem("not_offered", text, node.id, path=("config", field))


def _chosen(node: Node, registry: Registry) -> Iterator[tuple[str, str, str, Any]]:
    """``(field, title, name of its list, value)`` of each literal that was chosen from a list."""
    plugin = registry.get(node.plugin)
    if plugin is None or not (fields := _fields(plugin.Config)):
        return
    try:
        config = plan.current_config(node, registry)
    except GraphInvalid:
        return  # a problem of its own
    evaluated = {field for field, _, _ in configs.dynamic_sources(plugin, config)}
    for field, (title, name) in fields.items():
        if field not in evaluated and config.get(field) not in (None, ""):
            yield field, title, name, config[field]


@cache
def _fields(config: type[NodeConfig]) -> dict[str, tuple[str, str]]:
    """The title and the list of each field that is chosen from one."""
    described = config.model_json_schema().get("properties", {})
    return {
        field: (schema.get("title", field), schema["x-ui"]["options"])
        for field, schema in described.items()
        if "options" in schema.get("x-ui", {})
    }
