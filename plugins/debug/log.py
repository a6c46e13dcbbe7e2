"""Write a line into the step's log."""

from typing import Literal

from flowstudio.plugin import Field, NodeConfig, Plugin, Port, Template


class Log(Plugin):
    """Writes a line into its step's log, shown on the canvas, and passes the payload on."""

    name, group, icon = "Log", "Debug", "scroll-text"
    outputs = (Port("payload", "The payload, unchanged."),)
    effects = False
    passes_payload = True

    class Config(NodeConfig):
        level: Literal["debug", "info", "warning", "error"] = Field(
            default="info", title="Level", description="How much the line matters."
        )
        message: Template = Field(
            min_length=1,
            title="Message",
            description="What to write.",
            examples=["Total is {{ payload.total }}"],
            json_schema_extra={"x-ui": {"multiline": True}},
        )

    def run(self, payload):
        getattr(self.context.log, self.config.level)(self.config.message)
        return "payload", payload
