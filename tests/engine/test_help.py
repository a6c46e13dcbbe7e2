"""The help of a plugin, made from nothing but its declaration."""

from typing import Literal

from flowstudio.engine import help
from flowstudio.plugin import Data, Expression, Field, NodeConfig, Plugin, Port, Trigger


class Weigh(Plugin):
    """Weighs a parcel.

    Twice, to be sure.
    """

    id, name, group = "weigh", "Weigh", "Post"
    inputs = (Port("payload", "The parcel.", type="object"),)
    outputs = (Port("heavy", "Too heavy."),)
    outputs_from = "classes"
    acts = "moves the scales"
    required_resources = "A pair of scales."
    errors = {"Broken": "The scales do not answer."}

    class Config(NodeConfig):
        limit: Expression = Field(title="Limit", description="The most.", examples=["payload.max"])
        label: Data = Field(default=None, title="Label", description="What to print.")
        classes: list[str] = Field(default=["s", "m"], title="Classes", description="Sizes.")
        unit: Literal["kg", "lb"] = Field(default="kg", title="Unit", description="Of the limit.")
        twice: bool = Field(default=True, title="Twice", description="To be sure.")


class Arrive(Trigger):
    """Begins when a parcel arrives."""

    name, group = "Arrive", "Post"


def test_the_description_is_the_docstring_and_what_it_does_outside():
    assert help.sections(Weigh)["description"] == (
        "Weighs a parcel.\n\nTwice, to be sure.\n\nIt acts for real, in test runs too: it moves the scales."
    )


def test_inputs_and_outputs_name_every_port_the_error_port_too():
    text = help.sections(Weigh)["inputs_outputs"]

    assert "- `payload` (object): The parcel." in text
    assert "- one port per item of `classes`" in text
    assert "- `heavy` (any): Too heavy." in text
    assert text.count("`error`") == 1


def test_a_trigger_has_no_input_and_no_error_port():
    text = help.sections(Arrive)["inputs_outputs"]

    assert "None. This node is a trigger" in text
    assert "`error`" not in text


def test_an_error_port_that_is_declared_is_described_in_its_own_words():
    class Own(Weigh):
        outputs = (Port("error", "The scales fell over."),)

    assert "- `error` (object): The scales fell over." in help.sections(Own)["inputs_outputs"]


def test_each_setting_says_its_kind_whether_it_is_required_its_default_and_an_example():
    assert help.sections(Weigh)["configuration"].splitlines() == [
        "- **Limit** (`limit`, expression, required): The most. For example: `payload.max`.",
        "- **Label** (`label`, JSON with {{ … }}): What to print.",
        '- **Classes** (`classes`, list, default `["s", "m"]`): Sizes.',
        "- **Unit** (`unit`, one of `kg`, `lb`, default `kg`): Of the limit.",
        "- **Twice** (`twice`, switch, default on): To be sure.",
    ]


def test_a_plugin_without_settings_or_errors_of_its_own_says_so():
    sections = help.sections(Arrive)

    assert sections["configuration"] == "None. This node has no settings."
    assert sections["errors"] == "None of its own."


def test_the_page_has_the_five_headings_in_order():
    headings = [line for line in help.page(Weigh).splitlines() if line.startswith("#")]

    assert headings == [
        "# Weigh",
        "## Description",
        "## Inputs and outputs",
        "## Configuration",
        "## Required resources",
        "## Errors",
    ]
