"""Send a payload one way or the other."""

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin, Port


class If(Plugin):
    """Goes on at `true` or `false`, depending on a condition.

    The payload passes through unchanged. Only nodes behind the chosen port run. Zero, empty text, an
    empty list or object and null count as false.
    """

    name, group, icon = "If", "Flow", "split"
    outputs = (
        Port("true", "The payload, when the condition holds."),
        Port("false", "The payload, when it does not."),
    )
    effects = False
    passes_payload = True

    class Config(NodeConfig):
        condition: Expression = Field(
            min_length=1,
            title="Condition",
            description="What decides.",
            examples=["payload.total > 100", 'event.type == "order.placed"'],
        )

    def run(self, payload):
        return ("true" if self.config.condition else "false"), payload
