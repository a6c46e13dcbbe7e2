"""Begin a workflow with an event."""

from flowstudio.plugin import Expression, Field, NodeConfig, Port, Trigger


class Start(Trigger):
    """Begins the workflow when a fitting event arrives.

    An event fits when its type is one of the listed ones and the condition holds. Events come from the
    API, from other workflows, from the host project and from the Test panel. The payload is the event's
    properties; everywhere in the workflow `event` holds the whole event.
    """

    name, group, icon = "Start", "Events", "play"
    outputs = (Port("payload", "The properties of the event."),)

    class Config(NodeConfig):
        event_types: list[str] = Field(
            default=[],
            title="Event types",
            description="The types that start the workflow; `github.*` stands for every type beginning "
            "with `github.`. Leave it empty for all.",
            examples=[["order.placed"], ["github.*"]],
        )
        condition: Expression = Field(
            default="",
            title="Condition",
            description="Starts the workflow only if this holds. Leave it empty to start always.",
            examples=["event.properties.total > 100"],
        )

    @classmethod
    def may_match(cls, config, event):
        return not config.event_types or any(_covers(item, event.type) for item in config.event_types)

    def matches(self):
        fits = self.may_match(self.config, self.context.event)
        return fits and (self.config.condition == "" or bool(self.config.condition))

    def run(self, payload):
        return "payload", payload


def _covers(pattern, event_type):
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else event_type == pattern
