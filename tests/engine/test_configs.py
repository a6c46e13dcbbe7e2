"""A node's config: what is a literal, what is evaluated, and when each is checked."""

import copy
from typing import Literal

import pytest
from pydantic import field_validator

from flowstudio.engine import configs
from flowstudio.engine.errors import ExpressionError, GraphInvalid
from flowstudio.plugin import Data, Expression, Field, NodeConfig, Plugin, Template

SCOPE = {"payload": {"n": 7, "name": "Ann", "list": [1, 2]}, "event": {}, "run": {}, "now": "", "nodes": {}}


class Sample(Plugin):
    """Has a field of each kind."""

    name, group = "Sample", "Test"

    class Config(NodeConfig):
        condition: Expression = Field(default="", title="Condition")
        maybe: Expression | None = None
        text: Template = ""
        data: Data = None
        times: int = Field(default=1, ge=1, le=9, title="Times")
        mode: Literal["a", "b"] = "a"
        tags: list[str] = []

        @field_validator("tags")
        @classmethod
        def _not_too_many(cls, tags):
            if len(tags) > 2:
                raise ValueError("two at most")
            return tags

    @classmethod
    def check(cls, config):
        return ["Mode b is for once."] if config.mode == "b" and config.times > 1 else []

    def run(self, payload):
        return None


def compiled(**config):
    return configs.compile_config(Sample, config, "n1")


def evaluated(**config):
    return compiled(**config).evaluate(SCOPE)


def places(**config):
    return [(problem.code, problem.path) for problem in configs.problems(Sample, config, "n1")]


def test_literals_are_read_once_and_shared_by_all_runs():
    made = compiled(times=3, tags=["x"])

    assert made.evaluate(SCOPE) is made.evaluate(SCOPE)
    assert (made.evaluate({}).times, made.evaluate({}).tags, made.evaluate({}).mode) == (3, ["x"], "a")


def test_each_kind_of_field_gives_its_value():
    config = evaluated(
        condition="payload.n > 3",
        maybe="payload.n",
        text="Hi {{ payload.name }}",
        data={"l": "{{ payload.list }}"},
    )

    assert (config.condition, config.maybe, config.text, config.data) == (True, 7, "Hi Ann", {"l": [1, 2]})
    assert config.times == 1


def test_any_literal_field_may_hold_an_expression_that_is_checked_when_it_is_evaluated():
    config = evaluated(times={"$expr": "payload.n"}, text="{{ 1 }}", tags=["kept"])

    assert (config.times, config.text, config.tags) == (7, "1", ["kept"])
    with pytest.raises(ExpressionError, match="Times: The value does not fit: Input should be less than"):
        evaluated(times={"$expr": "payload.n * 2"})
    with pytest.raises(ExpressionError, match="tags: The value does not fit"):
        evaluated(tags={"$expr": "payload.n"})


def test_data_may_be_one_expression():
    assert evaluated(data={"$expr": "payload.list"}).data == [1, 2]


def test_blank_optional_fields_are_not_evaluated():
    config = evaluated(condition=" ", text="", data=None)

    assert (config.condition, config.text, config.data) == (" ", "", None)


def test_a_run_that_begins_here_is_not_evaluated_again():
    config = compiled(condition="payload.nope", times=3).unevaluated()

    assert (config.condition, config.times) == (None, 3)


def test_an_evaluated_config_is_an_instance_like_any_other():
    config = evaluated(condition="true", times=2)

    assert isinstance(config, Sample.Config)
    assert copy.copy(config).times == 2
    assert "times=2" in repr(config)


def test_every_problem_is_tied_to_its_field():
    assert places(times=0, mode="c", nope=1) == [
        ("bad_config", ("config", "times")),
        ("bad_config", ("config", "mode")),
        ("bad_config", ("config", "nope")),
    ]
    assert places(tags=["a", 2]) == [("bad_config", ("config", "tags", 1))]
    assert places(condition="1 +", times={"$expr": ")"}) == [
        ("bad_expression", ("config", "condition")),
        ("bad_expression", ("config", "times")),
    ]
    assert places(times={"$expr": 3}) == [("bad_config", ("config", "times"))]


def test_a_plugin_may_check_further():
    (problem,) = configs.problems(Sample, {"mode": "b", "times": 2}, "n1")

    assert (problem.message, problem.path) == ("Mode b is for once.", ("config",))


def test_what_has_problems_is_not_compiled():
    with pytest.raises(GraphInvalid, match="times"):
        compiled(times=0)


def test_the_nodes_that_it_reads_are_known():
    made = compiled(condition='node("A").x', data=[{"b": '{{ node("B") }}'}], times={"$expr": 'node("C").n'})

    assert made.names == {"A", "B", "C"}


def test_the_texts_that_it_evaluates_are_known_with_their_paths():
    config = {
        "condition": "payload.a",
        "data": {"x": ["{{ payload.b }}"]},
        "times": {"$expr": "payload.c"},
        "text": "{{",
    }

    found = {path: program.source.text for path, program in configs.programs(Sample, config)}

    assert found == {
        ("config", "condition"): "payload.a",
        ("config", "data", "x", 0): "{{ payload.b }}",
        ("config", "times", "$expr"): "payload.c",
    }
