"""``@node``: a typed function becomes a plugin, and stays a function."""

from typing import Annotated

import pytest

from flowstudio import plugin
from flowstudio.engine.registry import describe
from flowstudio.plugin import Expression, Field, Template, node
from flowstudio.testing import run_plugin


@node
def add(payload: dict, by: int = 1, to: str = "n"):
    """Adds to a number of the payload. Always."""
    return {**payload, to: payload[to] + by}


@node(name="Say hello", group="Words", icon="hand", effects=False, acts="says hello", version=3)
def greet(payload, text: Template, loud: Annotated[Expression, Field(title="Shout?")] = "false"):
    """Greets."""
    return text.upper() if loud else text


@node
async def slowly(n: Annotated[int, Field(ge=0)]) -> int:
    """Takes its time."""
    return n + 1


@node
def note(context, payload, message: str):
    """Leaves a note."""
    context.log.info(message)


def test_everything_that_is_offered_is_there():
    assert all(hasattr(plugin, name) for name in plugin.__all__)


def test_the_function_stays_callable():
    assert add({"n": 1}, by=2) == {"n": 3}


def test_parameters_become_config_fields():
    result = run_plugin(add, {"by": 5}, {"n": 1})

    assert result.outputs == {"payload": {"n": 6}}
    assert run_plugin(add, {"by": {"$expr": "payload.n * 10"}}, {"n": 1}).outputs == {"payload": {"n": 11}}


def test_the_declaration_follows_from_the_function():
    described = describe(add.flowstudio_plugin)

    assert described["name"] == "Add"
    assert described["description"] == "Adds to a number of the payload."
    assert described["effects"] is True
    assert described["defaults"] == {"by": 1, "to": "n"}
    assert list(described["config_schema"]["properties"]) == ["by", "to"]
    assert described["config_schema"]["properties"]["by"]["title"] == "By"


def test_the_declaration_may_say_more():
    declared = greet.flowstudio_plugin
    fields = describe(declared)["config_schema"]["properties"]

    assert (declared.name, declared.group, declared.icon, declared.version) == (
        "Say hello",
        "Words",
        "hand",
        3,
    )
    assert (declared.effects, declared.acts) == (False, "says hello")
    assert (fields["text"]["x-kind"], fields["loud"]["x-kind"]) == ("template", "expression")
    assert fields["loud"]["title"] == "Shout?"


def test_fields_that_are_evaluated_reach_the_function_as_values():
    config = {"text": "Hi {{ payload.name }}", "loud": "payload.name == 'Ann'"}

    assert run_plugin(greet, config, {"name": "Ann"}).outputs == {"payload": "HI ANN"}
    assert run_plugin(greet, {"text": "x"}, {}).outputs == {"payload": "x"}


def test_an_async_function_is_an_async_plugin():
    assert run_plugin(slowly, {"n": 1}).outputs == {"payload": 2}


def test_constraints_of_a_parameter_are_those_of_its_field():
    with pytest.raises(Exception, match="greater than or equal to 0"):
        run_plugin(slowly, {"n": -1})


def test_a_function_that_returns_nothing_passes_its_payload_on():
    result = run_plugin(note, {"message": "seen"}, {"n": 1})

    assert (result.outputs, result.log) == ({"payload": {"n": 1}}, ["seen"])


def test_a_function_that_raises_fails_its_node():
    result = run_plugin(add, {}, {"m": 1})

    assert (result.error, result.error_type) == ("KeyError: 'n'", "KeyError")


@pytest.mark.parametrize("signature", ["*items", "**named", "a, /"])
def test_what_cannot_become_a_field_is_refused(signature):
    namespace = {}
    exec(f"def odd({signature}): pass", namespace)

    with pytest.raises(TypeError, match="cannot become a config field"):
        node(namespace["odd"])
