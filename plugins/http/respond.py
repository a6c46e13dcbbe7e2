"""Answer the caller that waits for the run."""

from flowstudio.plugin import Answer, Data, Field, NodeConfig, Plugin, Port


class Respond(Plugin):
    """Answers whoever waits for this run: a webhook's caller, an API call with `?wait=`, or the
    *Call workflow* node of another workflow, which returns the body.

    The workflow goes on behind it. The first Respond node that runs gives the answer. In a background branch
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
            description="An object of header names and values. Passed on are those that describe the answer "
            "(`Content-Type`, `Cache-Control`, `Location`, `Retry-After` and the like) and `X-Flow-…`.",
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
        answer = Answer(self.config.status, self.config.headers or {}, self.config.body)
        if self.context.run.kind == "background" and not self.context.run.is_called:
            self.context.log.info("Nobody waits for a background run: no answer was given.")
            return "payload", payload
        return [("payload", payload), answer]
