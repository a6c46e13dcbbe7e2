"""The five headings of a plugin's help as Markdown, made from its declaration and from nothing else."""

import inspect
import json
from typing import Any, Final

from flowstudio.engine.plugins import Plugin, Port, Trigger

HEADINGS: Final = {
    "description": "Description",
    "inputs_outputs": "Inputs and outputs",
    "configuration": "Configuration",
    "required_resources": "Required resources",
    "errors": "Errors",
}
ERROR_PORT: Final = (
    'Drawn when wanted. Where it is wired, a failure of this node fires it with `{"message", "type", "node", '
    '"payload"}`: what went wrong, its type, this node\'s name and the payload that the node was given.'
)
KIND_WORDS: Final = {"expression": "expression", "template": "text with {{ … }}", "data": "JSON with {{ … }}"}
TYPE_WORDS: Final = {
    "array": "list",
    "boolean": "switch",
    "integer": "whole number",
    "number": "number",
    "object": "object",
    "string": "text",
}


def sections(plugin: type[Plugin]) -> dict[str, str]:
    """The help of a plugin: ``{description, inputs_outputs, configuration, required_resources, errors}``."""
    return {
        "description": _description(plugin),
        "inputs_outputs": _inputs_outputs(plugin),
        "configuration": _configuration(plugin),
        "required_resources": inspect.cleandoc(plugin.required_resources),
        "errors": _errors(plugin),
    }


def page(plugin: type[Plugin]) -> str:
    """The help as one Markdown document: the plugin's page in the documentation."""
    parts = [f"# {plugin.name}", f"Group {plugin.group}, plugin id `{plugin.id}`."]
    for key, text in sections(plugin).items():
        parts += [f"## {HEADINGS[key]}", text]
    return "\n\n".join(parts) + "\n"


def _description(plugin: type[Plugin]) -> str:
    text = inspect.cleandoc(plugin.__doc__ or "")
    if plugin.acts:
        text += f"\n\nIt acts for real, in test runs too: it {plugin.acts}."
    return text


def _inputs_outputs(plugin: type[Plugin]) -> str:
    inputs = [_port_line(port) for port in plugin.inputs]
    outputs = [_port_line(port) for port in plugin.outputs]
    if plugin.outputs_from:
        outputs.insert(0, f"- one port per item of `{plugin.outputs_from}`, named as the item")
    if not issubclass(plugin, Trigger):
        outputs = [line for line in outputs if not line.startswith("- `error`")]
        declared = next((port for port in plugin.outputs if port.name == "error"), None)
        outputs.append(
            _port_line(Port("error", declared.description if declared else ERROR_PORT, type="object"))
        )
    no_input = "None. This node is a trigger: an event starts the workflow here."
    return "\n".join(["**Inputs**", "", *(inputs or [no_input]), "", "**Outputs**", "", *outputs])


def _port_line(port: Port) -> str:
    return f"- `{port.name}` ({port.type}): {port.description}"


def _configuration(plugin: type[Plugin]) -> str:
    schema = plugin.Config.model_json_schema()
    required = set(schema.get("required", []))
    fields = schema.get("properties", {})
    lines = [_field_line(name, field, name in required) for name, field in fields.items()]
    return "\n".join(lines) or "None. This node has no settings."


def _field_line(name: str, field: dict[str, Any], required: bool) -> str:
    facts = [f"`{name}`", _type_words(field)]
    if required:
        facts.append("required")
    elif field.get("default") not in (None, "", [], {}):
        facts.append(f"default {_default_words(field['default'])}")
    line = f"- **{field.get('title', name)}** ({', '.join(facts)}): {field.get('description', '')}"
    examples = ", ".join(f"`{_example(example)}`" for example in field.get("examples", []))
    return f"{line} For example: {examples}." if examples else line


def _type_words(field: dict[str, Any]) -> str:
    if kind := field.get("x-kind"):
        return KIND_WORDS[kind]
    if "enum" in field:
        return "one of " + ", ".join(f"`{item}`" for item in field["enum"])
    return TYPE_WORDS.get(field.get("type", ""), "value")


def _default_words(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"`{_example(value)}`"


def _example(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _errors(plugin: type[Plugin]) -> str:
    lines = [f"- **{name}**: {text}" for name, text in plugin.errors.items()]
    if not lines:
        lines = ["None of its own."]
    if plugin.Config.model_fields:
        lines += [
            "",
            "A setting whose expression cannot be evaluated fails the node with a message naming it.",
        ]
    return "\n".join(lines)
