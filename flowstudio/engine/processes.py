"""Runs a node that needs the CPU in a process of its own: what is sent there, and what comes back."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
from dataclasses import dataclass, field, replace
from typing import Any

from anyio import BrokenWorkerProcess, to_process

from flowstudio.engine import values
from flowstudio.engine.errors import FlowStudioError, NodeFailed
from flowstudio.engine.plugins import Context
from flowstudio.engine.values import JSON


class ProcessDied(NodeFailed):
    """The process of a node ended before it had a result."""


@dataclass(slots=True)
class Lines:
    """Takes the lines of a log, to be written where the step is."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def debug(self, message: str) -> None:
        self.lines.append(("debug", str(message)))

    def info(self, message: str) -> None:
        self.lines.append(("info", str(message)))

    def warning(self, message: str) -> None:
        self.lines.append(("warning", str(message)))

    def error(self, message: str) -> None:
        self.lines.append(("error", str(message)))


@dataclass(frozen=True, slots=True)
class Job:
    """A call of a plugin's ``run``: where its class is declared, and its config, context and payload pickled.

    Pickled by themselves, because they are read only once the plugin's module is there.
    """

    module: str
    file: str | None
    name: str
    state: bytes

    @classmethod
    def of(cls, plugin: Any, payload: JSON) -> Job:
        """The call of this plugin's object. It takes no services along: they belong to another process."""
        kind = type(plugin)
        context = replace(plugin.context, log=Lines(), services=None, inside=None)
        file = getattr(sys.modules.get(kind.__module__), "__file__", None)
        return cls(
            kind.__module__, file, kind.__qualname__, pickle.dumps((vars(plugin.config), context, payload))
        )


@dataclass(frozen=True, slots=True)
class Performed:
    """What a call came to: what ``run`` returned, or type and text of its error; and its log."""

    result: Any
    log: list[tuple[str, str]]
    error: tuple[str, str] | None = None


def perform(job: Job) -> Performed:
    """Do the call; to be called in the other process."""
    kind: Any = _module(job)
    for part in job.name.split("."):
        kind = getattr(kind, part)
    kind = getattr(kind, "flowstudio_plugin", kind)
    config, context, payload = pickle.loads(job.state)
    try:
        result = kind(kind.Config.model_construct(**config), context).run(payload)
    except Exception as error:
        text = values.storable(str(error))
        if not isinstance(error, FlowStudioError):
            text = f"{type(error).__name__}: {text}"
        return Performed(None, context.log.lines, (type(error).__name__, text))
    return Performed(result, context.log.lines)


async def in_process(job: Job) -> Performed:
    """Do the call in another process of this machine. Cancelling kills the process; raises ProcessDied."""
    try:
        return await to_process.run_sync(perform, job, cancellable=True)
    except BrokenWorkerProcess:
        raise ProcessDied("The process of this node ended before it gave a result.") from None


def result_of(performed: Performed, context: Context) -> Any:
    """What ``run`` returned there; its error is raised here under its own name."""
    for level, message in performed.log:
        getattr(context.log, level)(message)
    if performed.error is not None:
        name, text = performed.error
        raise type(name, (NodeFailed,), {})(text)
    return performed.result


def _module(job: Job) -> Any:
    """The plugin's module; one that was loaded from its file's path is loaded from there again."""
    if job.module in sys.modules:
        return sys.modules[job.module]
    if importlib.util.find_spec(job.module.partition(".")[0]) is not None:
        try:
            return importlib.import_module(job.module)
        except ModuleNotFoundError:
            pass
    spec = importlib.util.spec_from_file_location(job.module, job.file or "")
    if spec is None or spec.loader is None:
        raise ImportError(f"{job.module} cannot be imported in another process")
    module = sys.modules[job.module] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
