"""Debounce: of a burst only the newest payload goes on."""

import asyncio

from flowstudio.engine.plugins import RunInfo
from flowstudio.engine.registry import Registry
from flowstudio.engine.stores import MemoryStore
from flowstudio.testing import TEST_EVENT, arun_graph
from plugins.flow.debounce import Debounce
from tests.drawing import graph

REGISTRY = Registry()
REGISTRY.add(Debounce, "debounce")


async def ports(store, *payloads, **config):
    """The port that each payload leaves at; they come one after the other, within the quiet time."""
    drawn = graph(("a", "debounce", {"seconds": 1.0, **config})).to_document()
    begun = []
    for number, payload in enumerate(payloads):
        run = RunInfo(id=payload.get("run", f"r{number}"))
        services = {"store": lambda context: store}
        coroutine = arun_graph(drawn, TEST_EVENT, REGISTRY, payload=payload, run=run, services=services)
        begun.append(asyncio.create_task(coroutine))
        while store.get(f"taken:{run.id}:a:") is None:
            await asyncio.sleep(0.001)
    return [next(iter(steps[0].outputs)) for steps in await asyncio.gather(*begun)]


def test_only_the_newest_goes_on():
    assert asyncio.run(ports(MemoryStore(), {}, {}, {})) == ["superseded", "superseded", "payload"]


def test_each_key_is_waited_for_apart():
    found = asyncio.run(ports(MemoryStore(), {"id": 1}, {"id": 2}, {"id": 1}, key="payload.id"))

    assert found == ["superseded", "payload", "payload"]


def test_a_run_that_waits_again_after_a_crash_does_not_overtake_a_newer_one():
    async def again():
        store = MemoryStore()
        await ports(store, {"run": "old"}, {"run": "new"})
        return await ports(store, {"run": "old"})

    assert asyncio.run(again()) == ["superseded"]
