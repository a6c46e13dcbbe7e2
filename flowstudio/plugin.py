"""All that a plugin author imports."""

from flowstudio.engine.errors import NodeFailed
from flowstudio.engine.functions import node
from flowstudio.engine.plugins import (
    Answer,
    Arrival,
    BodyResult,
    Context,
    Data,
    Emit,
    Event,
    Expression,
    Field,
    Loop,
    NodeConfig,
    Plugin,
    Port,
    Result,
    RunInfo,
    Store,
    Submit,
    Template,
    Trigger,
)

__all__ = [
    "Answer",
    "Arrival",
    "BodyResult",
    "Context",
    "Data",
    "Emit",
    "Event",
    "Expression",
    "Field",
    "Loop",
    "NodeConfig",
    "NodeFailed",
    "Plugin",
    "Port",
    "Result",
    "RunInfo",
    "Store",
    "Submit",
    "Template",
    "Trigger",
    "node",
]
