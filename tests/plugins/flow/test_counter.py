"""Counter: a count per key, in a field of the payload."""

from flowstudio.engine.stores import MemoryStore
from flowstudio.testing import run_plugin
from plugins.flow.counter import Counter


def counted(store, payload, **config):
    return run_plugin(Counter, config, payload, services={"store": lambda context: store})


def test_each_key_has_a_count_of_its_own():
    store = MemoryStore()
    found = [
        counted(store, {"id": key}, key="payload.id").outputs["payload"]["count"] for key in ["", 0, None, 0]
    ]

    assert found == [1, 1, 2, 2]


def test_the_count_begins_again_after_the_period():
    now = 0
    store = MemoryStore(lambda: now)
    counted(store, {}, period=10, field="n")
    now = 10

    assert counted(store, {}, period=10, field="n").outputs == {"payload": {"n": 1}}


def test_a_payload_that_is_no_object_fails_and_is_not_counted():
    store = MemoryStore()

    assert "must be an object" in counted(store, [1]).error
    assert counted(store, {}).outputs == {"payload": {"count": 1}}
