"""Run a part of the workflow for each item of a list."""

import asyncio
from typing import Literal

from flowstudio.plugin import Expression, Field, Loop, NodeConfig, NodeFailed, Port


class ItemFailed(NodeFailed):
    """The body failed for an item, and the loop was told to stop there."""


class ForEach(Loop):
    """Runs the nodes drawn inside it once for each item of a list, and collects what they return.

    Inside, the payload is the item; `item` and `index` name it and its place, counted from 0, in every
    expression of the body. Behind the loop, the payload is the list of results in the order of the items.
    An item that reaches no end of the body, for example because of an *If*, leaves no result.
    """

    name, group, icon = "For each", "Flow", "repeat"
    inputs = (Port("payload", "Any payload; the list is taken from it, or from wherever *Items* says."),)
    outputs = (
        Port("payload", "The list of results, in the order of the items.", type="list"),
        Port(
            "failed",
            "Fires beside it if items failed and *When an item fails* says to go on: a list of "
            '`{"index", "item", "message", "type", "node"}`.',
            type="list",
        ),
    )
    errors = {
        "ItemFailed": "The body failed for an item, and *When an item fails* is *Stop*. The message names "
        "the item and what happened.",
        "Not a list": "*Items* came out as something else.",
    }

    class Config(NodeConfig):
        items: Expression = Field(
            min_length=1,
            title="Items",
            description="The list to go through.",
            examples=["payload.lines", "payload"],
        )
        at_once: int = Field(
            default=1,
            ge=1,
            le=100,
            title="At once",
            description="How many items may be under way at the same time. 1: one after the other.",
        )
        on_failed_item: Literal["stop", "go_on"] = Field(
            default="stop",
            title="When an item fails",
            description="`stop`: begin no further item, let those under way end, and fail. `go_on`: do the "
            "others, too.",
        )

    async def run(self, payload):
        items = self.config.items
        if not isinstance(items, list):
            raise NodeFailed(f"Items must come out as a list, not as {type(items).__name__}.")
        done = {}
        waiting = iter(enumerate(items))

        async def work():
            for index, item in waiting:
                done[index] = await self.context.body(item, index)
                if done[index].error and self.config.on_failed_item == "stop":
                    waiting_is_over()

        def waiting_is_over():
            for _ in waiting:
                pass

        await _all(work, min(self.config.at_once, len(items)))
        return self._results(items, done)

    def _results(self, items, done):
        passes = [(index, done[index]) for index in sorted(done)]
        failed = [(index, each.error) for index, each in passes if each.error]
        if failed and self.config.on_failed_item == "stop":
            index, error = failed[0]
            raise ItemFailed(f"Item {index}: {error['message']}")
        fired = [("payload", [each.value for _, each in passes if each.values and not each.error])]
        if failed:
            fired.append(
                ("failed", [{"index": index, "item": items[index], **error} for index, error in failed])
            )
        return fired


async def _all(work, count):
    """So many workers at once; the first that is stopped or breaks stops the others."""
    if count <= 1:
        return await work()
    tasks = [asyncio.create_task(work()) for _ in range(count)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
