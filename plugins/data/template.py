"""Write a text from a template."""

from flowstudio.plugin import Field, NodeConfig, Plugin, Port
from flowstudio.plugin import Template as TemplateText


class Template(Plugin):
    """Writes a text in which `{{ … }}` is replaced by values, and passes the text on as the payload.

    Loops and conditions are written as in Jinja: `{% for item in payload.items %} … {% endfor %}`. A
    value that is missing is an error that names it; `{{ payload.nick | default("friend") }}` allows for it.
    """

    name, group, icon = "Template", "Data", "file-text"
    outputs = (Port("payload", "The finished text.", type="text"),)
    effects = False

    class Config(NodeConfig):
        template: TemplateText = Field(
            min_length=1,
            title="Template",
            description="The text to write.",
            examples=["Dear {{ event.properties.name }},"],
            json_schema_extra={"x-ui": {"multiline": True}},
        )

    def run(self, payload):
        return "payload", self.config.template
