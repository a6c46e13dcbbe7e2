"""Template: a text with values in it."""

from flowstudio.testing import run_plugin
from plugins.data.template import Template


def test_the_payload_becomes_the_finished_text():
    result = run_plugin(Template, {"template": "Dear {{ payload.name }},"}, {"name": "Ada"})

    assert result.outputs == {"payload": "Dear Ada,"}


def test_loops_are_written_as_in_jinja():
    template = "{% for item in payload.names %}{{ loop.index }}. {{ item }} {% endfor %}"
    result = run_plugin(Template, {"template": template}, {"names": ["tea", "milk"]})

    assert result.outputs == {"payload": "1. tea 2. milk "}


def test_a_missing_value_fails_and_default_allows_for_it():
    missing = run_plugin(Template, {"template": "{{ payload.nick }}"}, {})
    allowed = run_plugin(Template, {"template": '{{ payload.nick | default("friend") }}'}, {})

    assert "payload.nick" in missing.error
    assert allowed.outputs == {"payload": "friend"}


def test_data_is_not_evaluated_a_second_time():
    result = run_plugin(Template, {"template": "{{ payload.text }}"}, {"text": "{{ 1 + 1 }}"})

    assert result.outputs == {"payload": "{{ 1 + 1 }}"}
