"""Throttle: so many in a period, the others go another way."""

from flowstudio.engine.stores import MemoryStore
from flowstudio.testing import run_plugin
from plugins.flow.throttle import Throttle


def test_so_many_of_each_key_pass_in_a_period():
    now = 0
    store = MemoryStore(lambda: now)

    def way(key):
        config = {"key": "payload", "limit": 2, "period": 10}
        [port] = run_plugin(Throttle, config, key, services={"store": lambda context: store}).outputs
        return port

    assert [way("a"), way("a"), way("a"), way("b")] == ["payload", "payload", "throttled", "payload"]
    now = 10
    assert way("a") == "payload"
