"""Record an event that may start other workflows."""

from flowstudio.plugin import Data, Emit, Field, NodeConfig, NodeFailed, Plugin, Port, Template


class EmitEvent(Plugin):
    """Records an event, which starts every switched-on workflow whose trigger it fits.

    The event is stored together with this step, so a crash can neither lose nor double it, and it is
    linked to this run on the Events page. In a test run it is recorded and starts nothing. Events that go
    on starting each other are refused after sixteen.
    """

    name, group, icon = "Emit event", "Events", "radio"
    outputs = (Port("payload", "The payload, unchanged, once the event is stored."),)
    acts = "records an event that starts other workflows (in a test run it starts none)"
    passes_payload = True
    errors = {
        "Event refused": "The event could not be stored, or the chain of events is too long; the message "
        "names the workflows of the chain.",
        "Properties": "They did not come out as a JSON object.",
    }

    class Config(NodeConfig):
        event_type: Template = Field(
            min_length=1,
            title="Event type",
            description="The type of the new event.",
            examples=["order.shipped"],
        )
        properties: Data = Field(
            default=None,
            title="Properties",
            description="The properties of the new event: an object. Leave it empty for the payload.",
            examples=[{"order": "{{ payload.id }}"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )

    def run(self, payload):
        event_type = self.config.event_type.strip()
        if not event_type:
            raise NodeFailed("The event type came out empty.")
        properties = payload if self.config.properties in (None, "") else self.config.properties
        if not isinstance(properties, dict):
            raise NodeFailed("The properties of an event must be a JSON object.")
        return [("payload", payload), Emit(event_type, properties)]
