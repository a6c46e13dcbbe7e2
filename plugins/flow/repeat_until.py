"""Run a part of the workflow again and again until a condition holds."""

import asyncio

from flowstudio.plugin import Expression, Field, Loop, NodeConfig, NodeFailed, Port


class RoundFailed(NodeFailed):
    """The body failed in a round."""


class RepeatUntil(Loop):
    """Runs the nodes drawn inside it in rounds, until the condition holds or the limit is reached.

    The first round is given the payload, every later one what the round before returned. Inside, `index`
    is the number of the round, counted from 0.
    """

    name, group, icon = "Repeat until", "Flow", "refresh-cw"
    outputs = (
        Port("payload", "What the last round returned, once the condition holds."),
        Port("limit", "What the last round returned, when the limit was reached before the condition held."),
    )
    errors = {"RoundFailed": "The body failed in a round. The message names the round and what happened."}
    evaluated_later = ("until",)

    class Config(NodeConfig):
        until: Expression = Field(
            min_length=1,
            title="Until",
            description="Asked after every round; `payload` is what the round returned.",
            examples=['payload.status == "done"', "index >= 2"],
        )
        limit: int = Field(
            default=10, ge=1, le=100_000, title="Limit", description="How many rounds there may be at most."
        )
        pause: float = Field(
            default=0.0,
            ge=0,
            le=24 * 3600,
            title="Pause",
            description="Seconds to wait between two rounds.",
        )

    async def run(self, payload):
        for index in range(self.config.limit):
            if index and self.config.pause:
                await asyncio.sleep(self.config.pause)
            done = await self.context.body(payload, index)
            if done.error:
                raise RoundFailed(f"Round {index}: {done.error['message']}")
            payload = done.value
            if self.context.evaluate("until", payload, index):
                return "payload", payload
        return "limit", payload
