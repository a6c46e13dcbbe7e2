"""Once per key: the first goes on, later ones go another way."""

from flowstudio.engine.stores import MemoryStore
from flowstudio.testing import run_plugin
from plugins.flow.once_per_key import OncePerKey


def test_the_first_of_a_key_goes_on_until_the_period_has_passed():
    now = 0
    store = MemoryStore(lambda: now)

    def way(key):
        services = {"store": lambda context: store}
        return list(run_plugin(OncePerKey, {"key": "payload", "period": 10}, key, services=services).outputs)

    assert [way("a"), way("b"), way("a")] == [["payload"], ["payload"], ["again"]]
    now = 10
    assert way("a") == ["payload"]
