"""Answer the caller that waits for the run."""

from flowstudio.plugin import Answer, Data, Field, NodeConfig, NodeFailed, Plugin, Port


class Respond(Plugin):
    """Answers whoever waits for this run: a webhook's caller, or an API call with `?wait=`.

    The workflow goes on behind it. The first Respond node that runs gives the answer. In a background run
    nobody waits, so there it only passes its payload on.
    """

    name, group, icon = "Respond", "HTTP", "reply"
    outputs = (Port("payload", "The payload, unchanged."),)
    passes_payload = True
    errors = {"Headers": "They did not come out as an object of texts."}

    class Config(NodeConfig):
        status: int = Field(
            default=200, ge=200, le=599, title="Status", description="The HTTP status of the answer."
        )
        headers: Data = Field(
            default={},
            title="Headers",
            description="An object of header names and values.",
            examples=[{"Cache-Control": "no-store"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )
        body: Data = Field(
            default=None,
            title="Body",
            description="Text is sent as plain text, any other value as JSON. Empty: no body.",
            examples=[{"accepted": "{{ event.id }}"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )

    def run(self, payload):
        headers = self.config.headers or {}
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise NodeFailed("Headers must be a JSON object of names and texts.")
        if self.context.run.kind == "background":
            self.context.log.info("Nobody waits for a background run: no answer was given.")
            return "payload", payload
        return [("payload", payload), Answer(self.config.status, headers, self.config.body)]
