"""Hand everything behind a node to a background run."""

from flowstudio.plugin import Data, Field, NodeConfig, NodeFailed, Plugin, Port, Submit


class RunInBackground(Plugin):
    """Runs the whole branch behind it in the background, while the workflow goes on without waiting.

    The branch becomes a run of its own, stored before anything is answered, so it survives a restart of
    the server. The nodes behind `output` run there and not in the run that scheduled them; branches
    beside this node are not touched. The best place is right behind the trigger: a workflow that begins
    with this node answers at once, with the id of the background run.

    In a test run the branch always records everything. Behind the node the payload is empty: read
    `event.properties` there, or switch *Forward payload* on. `node("Name")` still reads what nodes in
    front of it returned.
    """

    name, group, icon = "Run in background", "Flow", "circle-play"
    inputs = (Port("payload", "Any payload, usually an object. It starts the scheduling."),)
    outputs = (
        Port(
            "output",
            "Fires once the branch is scheduled. It carries the empty value `{}`, or the payload where "
            "*Forward payload* is on. What is wired here runs in the background.",
            type="object",
        ),
        Port(
            "error",
            "Fires in the foreground if the branch could not be scheduled, with the message and the payload: "
            '`{"message", "type", "node", "payload"}`.',
            type="object",
        ),
    )
    background_port = "output"
    forwards_field = "forward_payload"
    errors = {
        "Scheduling failed": "An exception was raised while the branch was being scheduled, for example "
        "because the database could not be written. The message says what happened; it is returned on "
        "`error` together with the payload. Nothing is left half-scheduled.",
        "Event properties": "They did not come out as a JSON object. Returned on `error` as well.",
    }

    class Config(NodeConfig):
        event_type: str = Field(
            default="",
            max_length=200,
            title="Event type",
            description="Records the background run as a separate event of this type, shown on the Events "
            "page and linked to the run; it starts no other workflow. Leave it empty for no separate event.",
            examples=["order.followup"],
            json_schema_extra={"x-ui": {"group": "Background branch"}},
        )
        event_properties: Data = Field(
            default=None,
            title="Event properties",
            description="What `event.properties` is in the branch: a JSON object, which may hold "
            "expressions, worked out when the branch is scheduled. Leave it empty for the properties of the "
            "original event.",
            examples=[{"order": "{{ payload.id }}"}],
            json_schema_extra={"x-ui": {"code": "json", "group": "Background branch"}},
        )
        collect_debugging_information: bool = Field(
            default=False,
            title="Collect debugging information",
            description="Keeps the payloads of every step of the branch. Switch it off once the workflow "
            "needs no more testing, to save storage and time: then only states and times are kept.",
            json_schema_extra={"x-ui": {"group": "Background branch"}},
        )
        forward_payload: bool = Field(
            default=False,
            title="Forward payload",
            description="Hands the payload on to the branch instead of the empty value.",
            json_schema_extra={"x-ui": {"group": "Background branch"}},
        )

    def run(self, payload):
        if self.context.begins_here:
            return "output", payload
        properties = self._event_properties()
        return [
            ("output", {}),
            Submit(
                event_type=self.config.event_type or None,
                event_properties=properties,
                has_event_properties=properties is not None,
                recording="all" if self.config.collect_debugging_information else "status",
                payload=payload if self.config.forward_payload else {},
            ),
        ]

    def _event_properties(self):
        properties = self.config.event_properties
        if properties in (None, ""):
            return None
        if not isinstance(properties, dict):
            raise NodeFailed(
                'Event properties must be a JSON object like {"order": 7}, or empty for those of the '
                f"original event. They came out as {type(properties).__name__}."
            )
        return properties
