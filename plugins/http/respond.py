"""Answer the caller that waits for the run."""

import re

from flowstudio.plugin import Answer, Data, Field, NodeConfig, NodeFailed, Plugin, Port

NAME = re.compile(r"[A-Za-z0-9-]+")


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
        headers = self._headers()
        if self.context.run.kind == "background":
            self.context.log.info("Nobody waits for a background run: no answer was given.")
            return "payload", payload
        return [("payload", payload), Answer(self.config.status, headers, self.config.body)]

    def _headers(self):
        headers = self.config.headers or {}
        if not isinstance(headers, dict):
            raise NodeFailed("Headers must be a JSON object of names and texts.")
        for name, value in headers.items():
            if not (NAME.fullmatch(name) and isinstance(value, str) and value.isprintable()):
                raise NodeFailed(f"The header {name!r} must have a plain name and one line of text.")
        return headers
