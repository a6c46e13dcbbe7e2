"""What holds for every plugin that FlowStudio brings: one declaration, and all that follows from it."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from flowstudio.engine import help
from flowstudio.engine.plugins import Trigger
from flowstudio.engine.registry import Registry, config_problems, describe

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "plugins").rglob("*.py"))
ISSUED = {
    "start",
    "webhook",
    "run_in_background",
    "if",
    "switch",
    "edit_payload",
    "template",
    "join",
    "delay",
    "http_request",
    "send_email",
    "respond",
    "emit_event",
    "log",
    "throw_error",
}


def built_in():
    registry = Registry()
    registry.load_folder(ROOT / "plugins")
    return registry


REGISTRY = built_in()
PLUGINS = REGISTRY.all()
every_plugin = pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.id)


def test_every_file_is_a_plugin_that_can_be_used():
    assert REGISTRY.broken == []
    assert {plugin.id for plugin in PLUGINS} == {file.stem.rstrip("_") for file in FILES} >= ISSUED


@pytest.mark.parametrize("word", ["id", "name"])
def test_no_two_plugins_share_an_id_or_a_name(word):
    assert max(Counter(getattr(plugin, word) for plugin in PLUGINS).values()) == 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_says_what_it_is_for_and_has_a_test_beside_its_path(file):
    assert file.read_text().startswith('"""')
    mirrored = ROOT / "tests" / file.relative_to(ROOT).parent / f"test_{file.name}"
    assert mirrored.exists(), f"{mirrored.relative_to(ROOT)} is missing"


@every_plugin
def test_it_has_a_name_a_group_and_an_icon(plugin):
    assert plugin.name and plugin.group
    assert re.fullmatch(r"[a-z][a-z0-9-]*", plugin.icon), "a lucide icon's name"
    assert plugin.icon != "box", "an icon of its own"


@every_plugin
def test_its_ports_are_described(plugin):
    ports = plugin.inputs + plugin.outputs

    assert all(port.description.endswith((".", "`.")) for port in ports)
    assert issubclass(plugin, Trigger) == (plugin.inputs == ())


@every_plugin
def test_all_five_headings_of_its_help_say_something(plugin):
    sections = help.sections(plugin)

    assert list(sections) == [
        "description",
        "inputs_outputs",
        "configuration",
        "required_resources",
        "errors",
    ]
    assert all(len(text.strip()) > 10 for text in sections.values())


@every_plugin
def test_every_field_of_its_form_has_a_title_and_an_explanation(plugin):
    for name, field in plugin.Config.model_fields.items():
        assert field.title, f"{name} has no title"
        assert field.description and field.description.endswith("."), f"{name} is not explained"


@every_plugin
def test_its_palette_entry_is_json_and_its_form_can_be_drawn(plugin):
    described = describe(plugin)

    assert json.loads(json.dumps(described)) == described
    assert described["description"].endswith((".", "`."))
    for name, field in described["config_schema"].get("properties", {}).items():
        drawable = {"x-kind", "enum", "type", "anyOf", "$ref"} & field.keys()
        assert drawable, f"{name} has no type that a form could draw"


@every_plugin
def test_its_defaults_are_valid_except_for_what_must_be_given(plugin):
    required = {name for name, field in plugin.Config.model_fields.items() if field.is_required()}
    problems = config_problems(plugin, describe(plugin)["defaults"], "n1")

    assert {problem.path[1] for problem in problems} == required


@every_plugin
def test_its_examples_are_valid(plugin):
    for name, field in plugin.Config.model_fields.items():
        for example in field.examples or ():
            found = config_problems(plugin, {name: example}, "n1")
            assert [problem.message for problem in found if problem.path[1] == name] == []


def test_the_documentation_is_what_the_declarations_say():
    call_command("plugin_docs", check=True)

    assert {file.stem for file in (ROOT / "docs" / "plugins").glob("*.md")} == ISSUED | {"README"} | {
        plugin.id for plugin in PLUGINS
    }
