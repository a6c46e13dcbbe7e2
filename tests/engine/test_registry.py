"""Finding plugins, and describing them for the palette."""

import sys
import types

import pytest

from flowstudio.engine.registry import Registry, config_problems, describe
from flowstudio.plugin import Data, Expression, Field, NodeConfig, Plugin, Port, Template, Trigger, node

GOOD = '''
"""Good."""
from flowstudio.plugin import Plugin

class {name}(Plugin):
    """Does good. And more."""
    name, group = "{name}", "Test"

    def run(self, payload):
        return "payload", payload
'''


@pytest.fixture
def folder(tmp_path, request):
    """Writes a folder of plugins, and forgets its modules afterwards."""
    package = f"found_{request.node.name}"

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.with_suffix(".py").write_text(text)
        registry = Registry()
        registry.load_folder(tmp_path, package=package)
        return registry

    yield write
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


def broken(registry):
    return {entry.id: entry.message for entry in registry.broken}


def test_a_file_is_a_plugin_and_its_name_the_id(folder):
    registry = folder(flow__good=GOOD.format(name="Good"), flow__if_=GOOD.format(name="If"))

    assert [plugin.id for plugin in registry.all()] == ["good", "if"]
    assert registry.get("if").__module__.endswith(".flow.if_")
    assert sys.modules[registry.get("if").__module__].If is registry.get("if")
    assert registry.get("nope") is None


def test_hidden_files_are_left_alone(folder):
    registry = folder(_helpers="raise RuntimeError", flow___base="raise RuntimeError")

    assert registry.all() == []
    assert registry.broken == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("def (", "SyntaxError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("x = 1", "exactly one plugin; it declares none"),
        (GOOD.format(name="One") + GOOD.format(name="Two"), "it declares One, Two"),
        (GOOD.format(name="").replace("class (", "class Nameless("), "needs a name"),
    ],
)
def test_what_cannot_be_used_is_shown_and_takes_nothing_else_down(folder, text, message):
    registry = folder(bad=text, good=GOOD.format(name="Good"))

    assert [plugin.id for plugin in registry.all()] == ["good"]
    assert message in broken(registry)["bad"]
    assert message in registry.why_broken("bad")


def test_an_id_is_given_once(folder):
    registry = folder(a__same=GOOD.format(name="A"), b__same=GOOD.format(name="B"))

    assert registry.get("same").name == "A"
    assert "is taken by" in broken(registry)["same"]


def test_an_imported_plugin_is_not_declared_again(folder):
    registry = folder(mine="from flowstudio.plugin import Plugin\n" + GOOD.format(name="Mine"))

    assert [plugin.name for plugin in registry.all()] == ["Mine"]


def test_a_module_gives_plugins_and_functions_with_its_prefix():
    module = types.ModuleType("shop.flow_plugins")
    exec(
        GOOD.format(name="SendSMS")
        + "from flowstudio.plugin import node\n"
        + "@node\ndef count_stock(payload, shelf: int = 1):\n    'Counts.'\n    return shelf\n",
        module.__dict__,
    )
    registry = Registry()

    registry.load_module(module, "shop")
    registry.load_module(module, "shop")

    assert [plugin.id for plugin in registry.all()] == ["shop.count_stock", "shop.send_sms"]
    assert registry.broken == []


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ({"name": ""}, "needs a name and a group"),
        ({"version": 0}, "version counts from 1"),
        ({"outputs_from": "nope"}, "outputs_from names 'nope'"),
        ({"outputs": (Port("a"), Port("a"))}, "same name"),
        ({"background_port": "nope"}, "background_port names 'nope'"),
        ({"Config": dict}, "Config must be a subclass of NodeConfig"),
        ({"run": Plugin.run}, "does not define run()"),
    ],
)
def test_a_faulty_declaration_is_said_in_words(declaration, message):
    good = {"name": "Good", "group": "Test", "run": lambda self, payload: None}
    registry = Registry()

    registry.add(type("Faulty", (Plugin,), {**good, **declaration}), "faulty")

    assert registry.all() == []
    assert message in broken(registry)["faulty"]


def test_the_palette_is_in_order_of_group_and_name():
    registry = Registry()
    for group, name in (("B", "x"), ("A", "z"), ("A", "y")):
        made = type(name, (Plugin,), {"name": name, "group": group, "run": lambda self, payload: None})
        registry.add(made, f"{group}{name}")

    assert [(plugin.group, plugin.name) for plugin in registry.all()] == [("A", "y"), ("A", "z"), ("B", "x")]


class Weigh(Plugin):
    """Weighs a parcel.  Twice, to be sure."""

    id, name, group, icon, effects = "weigh", "Weigh", "Post", "scale", False
    inputs = (Port("payload", "The parcel.", type="object"),)
    outputs = (Port("too_heavy", "Over the limit."), Port("error", "The scales are broken."))
    outputs_from = "classes"

    class Config(NodeConfig):
        limit: Expression = Field(title="Limit")
        label: Template = ""
        more: Data = None
        classes: list[str] = ["s"]

    def run(self, payload):
        return None


def test_a_description_holds_what_palette_form_and_help_need():
    described = describe(Weigh)

    assert described["id"] == "weigh"
    assert described["description"] == "Weighs a parcel."
    assert described["inputs"] == [
        {"name": "payload", "title": "Payload", "description": "The parcel.", "type": "object", "model": None}
    ]
    assert described["outputs"] == [
        {
            "name": "too_heavy",
            "title": "Too heavy",
            "description": "Over the limit.",
            "type": "any",
            "model": None,
        }
    ]
    assert (described["outputs_from"], described["trigger"], described["effects"]) == (
        "classes",
        False,
        False,
    )
    assert described["defaults"] == {"label": "", "more": None, "classes": ["s"]}
    kinds = {name: field.get("x-kind") for name, field in described["config_schema"]["properties"].items()}
    assert kinds == {"limit": "expression", "label": "template", "more": "data", "classes": None}
    assert set(described["help"]) == {
        "description",
        "inputs_outputs",
        "configuration",
        "required_resources",
        "errors",
    }


def test_a_trigger_is_described_as_one():
    class Begin(Trigger):
        """Begins."""

        name, group = "Begin", "Events"

    assert describe(Begin)["trigger"] is True
    assert describe(Begin)["inputs"] == []


def test_problems_of_a_config_are_tied_to_their_fields():
    problems = config_problems(Weigh, {"limit": "1 +", "more": {"a": "{{ x }}"}, "classes": 3}, "n1")

    assert [(problem.code, problem.node, problem.path) for problem in problems] == [
        ("bad_config", "n1", ("config", "classes")),
        ("bad_expression", "n1", ("config", "limit")),
        ("bad_expression", "n1", ("config", "more")),
    ]


def test_a_function_is_found_by_its_plugin():
    @node(name="Double")
    def double(payload):
        """Doubles."""
        return payload * 2

    registry = Registry()
    registry.add(double.flowstudio_plugin, "double")

    assert describe(registry.get("double"))["name"] == "Double"
