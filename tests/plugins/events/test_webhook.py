"""Webhook: which calls begin a workflow, and settings that fit together."""

import pytest

from flowstudio.engine.configs import problems
from flowstudio.engine.document import Node
from flowstudio.engine.plan import trigger_matches
from flowstudio.engine.registry import Registry
from flowstudio.plugin import Event
from flowstudio.testing import run_plugin
from plugins.events.webhook import Webhook

PATH = "0123456789abcdef0123456789abcdef"


def matches(source):
    registry = Registry()
    registry.add(Webhook, "webhook")
    node = Node(id="n1", plugin="webhook", name="Webhook", config={"path": PATH})
    return trigger_matches(node, Event(id="1", type="webhook", source=source), registry)


def test_it_takes_the_calls_of_its_own_path_only():
    assert matches(Webhook.source(PATH))
    assert not matches(Webhook.source("f" * 32))
    assert not matches("")


def test_the_source_of_its_events_does_not_tell_the_path():
    assert PATH not in Webhook.source(PATH)


def test_its_payload_is_the_call():
    call = {"method": "POST", "headers": {}, "query": {}, "body": {"a": 1}}

    assert run_plugin(Webhook, {"path": PATH}, call).outputs == {"payload": call}


@pytest.mark.parametrize("path", [None, "short", "has/slash/and-is-long-enough", "x" * 101])
def test_a_path_that_is_missing_or_easy_to_guess_is_a_problem(path):
    config = {} if path is None else {"path": path}

    assert [problem.path for problem in problems(Webhook, config, "n1")] == [("config", "path")]


def test_a_signature_needs_a_secret():
    [problem] = problems(Webhook, {"path": PATH, "signature": "github"}, "n1")

    assert "signing secret" in problem.message
