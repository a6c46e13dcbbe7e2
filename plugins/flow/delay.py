"""Wait before going on."""

import asyncio

from flowstudio.plugin import Field, NodeConfig, Plugin, Port

LONGEST = 30 * 24 * 3600


class Delay(Plugin):
    """Waits a number of seconds and passes the payload on.

    Only the branch behind it waits. The run stays open meanwhile: if the server restarts in between, a
    background run begins this wait again from its start. Put long waits behind *Run in background*, so
    that nobody waits for the answer.
    """

    name, group, icon = "Delay", "Flow", "timer"
    outputs = (Port("payload", "The payload, unchanged, after the wait."),)
    passes_payload = True

    class Config(NodeConfig):
        seconds: float = Field(
            default=1.0,
            ge=0,
            le=LONGEST,
            title="Seconds",
            description="How long to wait: at most 30 days.",
            examples=[2.5, {"$expr": "payload.minutes * 60"}],
        )

    async def run(self, payload):
        await asyncio.sleep(self.config.seconds)
        return "payload", payload
