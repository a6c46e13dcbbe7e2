"""Small plugins that the engine's tests draw their graphs with."""

import asyncio

from flowstudio.engine.registry import Registry
from flowstudio.plugin import (
    Data,
    Emit,
    Event,
    Expression,
    Field,
    NodeConfig,
    NodeFailed,
    Plugin,
    Port,
    Submit,
    Template,
    Trigger,
)

ORDER = Event(id="ev-1", type="order.placed", time="2026-05-01T12:00:00Z", properties={"total": 150})


class Start(Trigger):
    """Begins."""

    name, group = "Start", "Events"

    class Config(NodeConfig):
        event_types: list[str] = []

    def matches(self):
        return not self.config.event_types or self.context.event.type in self.config.event_types

    def run(self, payload):
        return "payload", payload


class Pass(Plugin):
    """Passes its payload on."""

    name, group, effects, passes_payload = "Pass", "Test", False, True

    def run(self, payload):
        return "payload", payload


class If(Plugin):
    """Goes one way or the other."""

    name, group, effects, passes_payload = "If", "Flow", False, True
    outputs = (Port("true"), Port("false"))

    class Config(NodeConfig):
        condition: Expression = Field(title="Condition")

    def run(self, payload):
        return ("true" if self.config.condition else "false"), payload


class Make(Plugin):
    """Makes a value."""

    name, group, effects = "Make", "Test", False

    class Config(NodeConfig):
        value: Data = None
        text: Template = ""
        times: int = Field(default=1, ge=1, le=9)

    def run(self, payload):
        return "payload", self.config.text or self.config.value


class Fire(Plugin):
    """Fires the ports that its config names, each with the payload."""

    name, group, effects = "Fire", "Test", False
    outputs_from = "ports"

    class Config(NodeConfig):
        ports: list[str] = []
        fires: list[str] = []

    def run(self, payload):
        return [(port, payload) for port in self.config.fires]


class Fail(Plugin):
    """Fails."""

    name, group, effects = "Fail", "Test", False

    class Config(NodeConfig):
        message: str = "no luck"

    def run(self, payload):
        raise NodeFailed(self.config.message)


class Act(Plugin):
    """Acts on a worker thread, and says so in its log."""

    name, group = "Act", "Test"

    def run(self, payload):
        self.context.log.info("acted")
        return [("payload", payload), Emit("acted", payload)]


class Wait(Plugin):
    """Waits for an event of asyncio that a test sets, or as long as it is let."""

    name, group = "Wait", "Test"
    running = 0
    most = 0

    async def run(self, payload):
        Wait.running += 1
        Wait.most = max(Wait.most, Wait.running)
        try:
            gate = (self.context.services or {}).get("gate")
            await (gate.wait() if gate else asyncio.sleep(0))
        finally:
            Wait.running -= 1
        return "payload", payload


class First(Plugin):
    """Takes what comes first."""

    name, group, effects, wants_arrivals = "First", "Flow", False, True

    @classmethod
    def on_first_arrival(cls, config):
        return True

    def run(self, arrivals):
        return "payload", {arrival.node: arrival.payload for arrival in arrivals}


class Join(Plugin):
    """Waits for all, and keys them by node."""

    name, group, effects, wants_arrivals = "Join", "Flow", False, True

    def run(self, arrivals):
        return "payload", [[arrival.node, arrival.payload] for arrival in arrivals]


class Background(Plugin):
    """Hands what is behind it to a background run."""

    name, group = "Run in background", "Flow"
    outputs = (Port("output"),)
    background_port, forwards_field = "output", "forward_payload"

    class Config(NodeConfig):
        forward_payload: bool = False
        event_properties: Data = None

    def run(self, payload):
        if self.context.begins_here:
            return "output", payload
        return [("output", {}), Submit(payload=payload if self.config.forward_payload else {})]


def registry(**more):
    """A registry of these plugins by their names in small letters, and of more by id."""
    found = Registry()
    known = (Start, Pass, If, Make, Fire, Fail, Act, Wait, First, Join, Background)
    for plugin in known:
        found.add(plugin, plugin.__name__.lower())
    for identifier, plugin in more.items():
        found.add(plugin, identifier)
    assert not found.broken
    return found
