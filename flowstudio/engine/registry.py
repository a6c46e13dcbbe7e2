"""Finds plugins in folders and modules; one that cannot be used is shown as such and harms no other."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from flowstudio.engine import configs, help
from flowstudio.engine.errors import Problem
from flowstudio.engine.plugins import Loop, NodeConfig, Plugin, Port, Trigger


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be used, and why."""

    id: str
    message: str


class Registry:
    """The plugins of one installation, by id."""

    def __init__(self) -> None:
        self._plugins: dict[str, type[Plugin]] = {}
        self.broken: list[Broken] = []

    def get(self, identifier: str) -> type[Plugin] | None:
        return self._plugins.get(identifier)

    def all(self) -> list[type[Plugin]]:
        """All usable plugins, in the order of the palette."""
        return sorted(self._plugins.values(), key=lambda plugin: (plugin.group, plugin.name, plugin.id))

    def why_broken(self, identifier: str) -> str | None:
        """The reason why a plugin of this id is missing, where it was found but could not be used."""
        return next((broken.message for broken in self.broken if broken.id == identifier), None)

    def add(self, plugin: type[Plugin], identifier: str) -> None:
        """Take in one plugin; a faulty declaration or a second one of the same id goes to ``broken``."""
        if identifier in self._plugins:
            if self._plugins[identifier] is not plugin:
                self._break(
                    identifier, f"The id {identifier!r} is taken by {_source(self._plugins[identifier])}."
                )
            return
        faults = list(_faults(plugin))
        if faults:
            self._break(identifier, f"{_source(plugin)}: {' '.join(faults)}")
            return
        plugin.id = identifier
        self._plugins[identifier] = plugin

    def load_folder(self, path: str | Path, package: str = "flowstudio.plugins") -> None:
        """Load every file below a folder as one plugin whose id is the file's name."""
        folder = Path(path)
        for file in sorted(folder.rglob("*.py")):
            if any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts):
                continue
            module_name = ".".join([package, *file.relative_to(folder).with_suffix("").parts])
            self._load_file(file, module_name, file.stem.rstrip("_"))

    def load_module(self, module: ModuleType, prefix: str) -> None:
        """Take the plugins and ``@node`` functions that a module declares, as ``prefix.snake_name``."""
        for name, plugin in _declared(module):
            self.add(plugin, f"{prefix}.{_snake(name)}")

    def _load_file(self, file: Path, module_name: str, identifier: str) -> None:
        try:
            module = _import_file(file, module_name)
        except (Exception, SystemExit) as error:  # whatever a plugin's file does, the others load
            self._break(identifier, f"{file.name} cannot be imported: {type(error).__name__}: {error}")
            return
        declared = [plugin for _, plugin in _declared(module)]
        if len(declared) == 1:
            self.add(declared[0], identifier)
        else:
            names = ", ".join(plugin.__name__ for plugin in declared) or "none"
            self._break(identifier, f"{file.name} must declare exactly one plugin; it declares {names}.")

    def _break(self, identifier: str, message: str) -> None:
        self.broken.append(Broken(identifier, message))


def describe(plugin: type[Plugin]) -> dict[str, Any]:
    """What the palette, the form and the help panel need to know of a plugin."""
    return {
        "id": plugin.id,
        "version": plugin.version,
        "name": plugin.name,
        "group": plugin.group,
        "icon": plugin.icon,
        "description": _first_sentence(plugin.__doc__),
        "inputs": [_port_json(port) for port in plugin.inputs],
        "outputs": [_port_json(port) for port in plugin.outputs if port.name != "error"],
        "outputs_from": plugin.outputs_from,
        "trigger": issubclass(plugin, Trigger),
        "loop": issubclass(plugin, Loop),
        "effects": plugin.effects,
        "acts": plugin.acts,
        "enabled": True,
        "config_schema": plugin.Config.model_json_schema(),
        "defaults": plugin.Config.model_construct().model_dump(mode="json"),
        "help": help.sections(plugin),
    }


def config_problems(plugin: type[Plugin], config: Mapping[str, Any], node: str | None) -> list[Problem]:
    """Everything that is wrong with a config, each with the path of its field."""
    return configs.problems(plugin, config, node)


def _import_file(file: Path, module_name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(module_name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


def _declared(module: ModuleType) -> Iterator[tuple[str, type[Plugin]]]:
    """The plugins that a module itself declares: not those that it imports, not its private ones."""
    for name, value in vars(module).items():
        plugin = getattr(value, "flowstudio_plugin", value)
        if (
            inspect.isclass(plugin)
            and issubclass(plugin, Plugin)
            and plugin.__module__ == module.__name__
            and not name.startswith("_")
        ):
            yield name, plugin


def _faults(plugin: type[Plugin]) -> Iterator[str]:
    """What is wrong with a plugin's declaration, in sentences."""
    if not plugin.name or not plugin.group:
        yield "A plugin needs a name and a group."
    if plugin.version < 1:
        yield "The version counts from 1."
    if not issubclass(plugin.Config, NodeConfig):
        yield "Config must be a subclass of NodeConfig."
    elif plugin.outputs_from is not None and plugin.outputs_from not in plugin.Config.model_fields:
        yield f"outputs_from names {plugin.outputs_from!r}, which is not a field of Config."
    names = [port.name for port in plugin.outputs]
    if len(set(names)) < len(names):
        yield "Two output ports have the same name."
    if plugin.background_port is not None and plugin.background_port not in names:
        yield f"background_port names {plugin.background_port!r}, which is not an output port."
    if plugin.run is Plugin.run:
        yield "It does not define run()."
    yield from _faults_of_running(plugin)


def _faults_of_running(plugin: type[Plugin]) -> Iterator[str]:
    is_async = inspect.iscoroutinefunction(plugin.run)
    if issubclass(plugin, Loop) and not is_async:
        yield "A loop's run() must be async."
    if (plugin.process or plugin.transaction) and is_async:
        yield "process and transaction are for a plain run(), not for an async one."
    if plugin.process and plugin.transaction:
        yield "A node runs in a process or in a transaction, not in both."
    if plugin.transaction and not plugin.effects:
        yield "transaction = True needs effects = True."


def _port_json(port: Port) -> dict[str, Any]:
    model = None if isinstance(port.type, str) else port.type.__name__
    return {
        "name": port.name,
        "title": port.title or port.name.replace("_", " ").capitalize(),
        "description": port.description,
        "type": port.type if model is None else "object",
        "model": model,
    }


def _first_sentence(text: str | None) -> str:
    words = " ".join(inspect.cleandoc(text or "").split())
    return re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().rstrip("_")


def _source(plugin: type[Plugin]) -> str:
    return f"{plugin.__module__}.{plugin.__qualname__}"
