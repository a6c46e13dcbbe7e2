"""What is known of a webhook node; the index itself is tested with publishing."""

from flowstudio.engine.document import Node
from flowstudio.runs import webhooks

PATH = "0123456789abcdef"


def node(plugin="webhook", **config):
    return Node(id="n1", plugin=plugin, name="N", config=config)


def test_only_a_webhook_with_a_path_has_one():
    assert webhooks.path_of(node(path=PATH)) == PATH
    assert webhooks.path_of(node()) is None
    assert webhooks.path_of(node(path={"$expr": "event.id"})) is None
    assert webhooks.path_of(node("start", path=PATH)) is None


def test_a_config_with_problems_is_none():
    assert webhooks.config_of(node(path=PATH)).methods == ["POST"]
    assert webhooks.config_of(node(path="short")) is None
