"""Split evenly: turns, and keys that stay where they are."""

from collections import Counter

from flowstudio.engine.stores import MemoryStore
from flowstudio.testing import run_plugin
from plugins.flow.split_evenly import SplitEvenly


def port(store, payload, **config):
    result = run_plugin(SplitEvenly, config, payload, services={"store": lambda context: store})
    assert list(result.outputs.values()) == [payload]
    return next(iter(result.outputs))


def test_payloads_take_turns():
    store = MemoryStore()

    assert [port(store, {}, names=["x", "y", "z"]) for _ in range(6)] == ["x", "y", "z"] * 2


def test_a_key_always_takes_the_same_port_and_keys_are_shared_out():
    store = MemoryStore()
    taken = [[port(store, {"id": number}, key="payload.id") for number in range(60)] for _ in range(2)]

    assert taken[0] == taken[1]
    assert min(Counter(taken[0]).values()) >= 15


def test_names_are_checked():
    def problems(*names):
        return SplitEvenly.check(SplitEvenly.Config(names=list(names)))

    assert problems("a", "b") == []
    assert problems("a", " ") == ["A port has no name. Give it one or remove it."]
    assert problems("a", "a") == ["Two ports have the same name."]
