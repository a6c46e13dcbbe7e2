"""``@node``: a typed Python function becomes a plugin."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final, TypeVar, get_args, get_type_hints, overload

from pydantic import create_model
from pydantic.fields import FieldInfo

from flowstudio.engine.plugins import NodeConfig, Plugin
from flowstudio.engine.values import JSON

F = TypeVar("F", bound=Callable[..., Any])

HANDED_IN: Final = ("payload", "context")


@overload
def node(function: F, /) -> F: ...
@overload
def node(
    *,
    name: str | None = None,
    group: str = "Functions",
    icon: str = "square-function",
    effects: bool = True,
    acts: str = "",
    version: int = 1,
) -> Callable[[F], F]: ...
def node(function: Any = None, /, **declaration: Any) -> Any:
    """Make a plugin of a function, which stays callable as before.

    Its parameters become config fields, except ``payload`` and ``context``, which are handed in. What it
    returns is the new payload; one that returns None passes its payload on.
    """
    if function is None:
        return lambda decorated: node_of(decorated, **declaration)
    return node_of(function)


def node_of(function: F, *, name: str | None = None, effects: bool = True, **declaration: Any) -> F:
    """Declare the plugin and leave it at the function, where the registry finds it."""
    declared = {"group": "Functions", "icon": "square-function", "effects": effects, **declaration}
    function.flowstudio_plugin = type(  # type: ignore[attr-defined]
        "".join(part.capitalize() for part in function.__name__.split("_")),
        (Plugin,),
        {
            "__doc__": inspect.getdoc(function),
            "__module__": function.__module__,
            "__qualname__": function.__qualname__,
            "name": name or function.__name__.replace("_", " ").capitalize(),
            "Config": _config_of(function),
            "run": _run_of(function),
            **declared,
        },
    )
    return function


def _config_of(function: Callable[..., Any]) -> type[NodeConfig]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{function.__name__}: {parameter} cannot become a config field.")
        if parameter.name in HANDED_IN:
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        hint = hints.get(parameter.name, Any)
        fields[parameter.name] = (hint, _titled(parameter.name, hint, default))
    return create_model("Config", __base__=NodeConfig, **fields)


def _titled(name: str, hint: Any, default: Any) -> Any:
    """The default as a field, titled by the parameter's name where nothing else titles it."""
    if isinstance(default, FieldInfo):
        return default
    if any(isinstance(mark, FieldInfo) and mark.title for mark in get_args(hint)):
        return default
    return FieldInfo(default=default, title=name.replace("_", " ").capitalize())


def _run_of(function: Callable[..., Any]) -> Callable[..., Any]:
    wanted = inspect.signature(function).parameters

    def arguments(plugin: Plugin, payload: JSON) -> dict[str, Any]:
        found = {name: getattr(plugin.config, name) for name in wanted if name not in HANDED_IN}
        if "payload" in wanted:
            found["payload"] = payload
        if "context" in wanted:
            found["context"] = plugin.context
        return found

    def fired(result: JSON, payload: JSON) -> tuple[str, JSON]:
        return "payload", payload if result is None else result

    if inspect.iscoroutinefunction(function):

        async def run_async(self: Plugin, payload: JSON) -> tuple[str, JSON]:
            return fired(await function(**arguments(self, payload)), payload)

        return run_async

    def run(self: Plugin, payload: JSON) -> tuple[str, JSON]:
        return fired(function(**arguments(self, payload)), payload)

    return run
