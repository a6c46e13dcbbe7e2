"""Bring branches together."""

from typing import Literal

from flowstudio.plugin import Field, NodeConfig, Plugin, Port


class Join(Plugin):
    """Waits for the branches that lead to it and makes one payload of theirs.

    It waits for every branch that is still on its way, and for none that was not taken. With *The first
    one* it waits for nobody: what arrives first goes on, what arrives later is dropped.
    """

    name, group, icon = "Join", "Flow", "merge"
    inputs = (Port("payload", "Any number of branches, all ending at this one port."),)
    outputs = (Port("payload", "What the mode makes of the payloads that arrived."),)
    effects = False
    wants_arrivals = True

    class Config(NodeConfig):
        mode: Literal["merge", "keyed", "list", "first"] = Field(
            default="merge",
            title="Mode",
            description="`merge`: objects become one, where the field of a later edge wins; anything else "
            "becomes a list. `keyed`: an object of node name and payload. `list`: a list of the payloads, in "
            "the order of the edges. `first`: the payload that arrived first.",
        )

    @classmethod
    def on_first_arrival(cls, config):
        return config.mode == "first"

    def run(self, payload):
        arrivals = payload
        payloads = [arrival.payload for arrival in arrivals]
        if self.config.mode == "keyed":
            return "payload", {arrival.node: arrival.payload for arrival in arrivals}
        if self.config.mode == "list":
            return "payload", payloads
        return "payload", payloads[0] if len(payloads) == 1 else _merge(payloads)


def _merge(payloads):
    if not all(isinstance(payload, dict) for payload in payloads):
        return payloads
    merged = {}
    for payload in payloads:
        merged |= payload
    return merged
