"""All that a plugin author imports."""

from flowstudio.engine.errors import NodeFailed
from flowstudio.engine.functions import node
from flowstudio.engine.plugins import (
    Answer,
    Arrival,
    Context,
    Data,
    Emit,
    Event,
    Expression,
    Field,
    NodeConfig,
    Plugin,
    Port,
    Result,
    RunInfo,
    Submit,
    Template,
    Trigger,
)

__all__ = [
    "Answer",
    "Arrival",
    "Context",
    "Data",
    "Emit",
    "Event",
    "Expression",
    "Field",
    "NodeConfig",
    "NodeFailed",
    "Plugin",
    "Port",
    "Result",
    "RunInfo",
    "Submit",
    "Template",
    "Trigger",
    "node",
]
