"""Begin a workflow with an HTTP call from outside."""

import hashlib
from typing import Literal

from flowstudio.plugin import Field, NodeConfig, Port, Trigger

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Webhook(Trigger):
    """Begins the workflow when its own secret address is called: `…/hooks/<path>/`.

    Whoever knows the address can start the workflow, so it is long and random. With a signature, the
    caller must also know a secret: a call that is unsigned, changed on its way or (with timestamps)
    older than five minutes is refused. The call is answered with 202 as soon as its event is stored, or,
    where the workflow holds a Respond node, with that node's answer. JSON and form bodies become values,
    any other body stays text. Headers that carry credentials are left out.

    *Listen for a test event* takes the next real call into the unsaved draft, for five minutes.
    """

    name, group, icon = "Webhook", "Events", "webhook"
    outputs = (Port("payload", "The call: `method`, `headers`, `query` and `body`.", type="object"),)
    errors = {
        "400": "Answered to the caller: the body is not what its content type says.",
        "401": "Answered to the caller: the signature is missing or wrong, or its time is more than five "
        "minutes off. Nothing is stored.",
        "404": "Answered to the caller: no published, switched-on workflow has this path.",
        "405": "Answered to the caller: the method is not one of the listed ones.",
        "413": "Answered to the caller: the body is larger than this installation allows.",
        "415": "Answered to the caller: the form holds files.",
    }

    class Config(NodeConfig):
        path: str = Field(
            title="Secret path",
            description="The last part of the address. Letters, digits, `-` and `_`; keep it secret.",
            pattern=r"^[A-Za-z0-9_-]{16,100}$",
            json_schema_extra={"x-ui": {"generate": "token"}},
        )
        methods: list[Method] = Field(
            default=["POST"], min_length=1, title="Methods", description="The HTTP methods that are taken."
        )
        event_type: str = Field(
            default="webhook",
            min_length=1,
            max_length=200,
            title="Event type",
            description="The type under which the call is recorded as an event.",
            examples=["webhook", "shop.order"],
        )
        signature: Literal["none", "github", "standard"] = Field(
            default="none",
            title="Signature",
            description="How the caller signs: not at all; like GitHub (HMAC-SHA256 of the body, as "
            "`sha256=…` in a header); or by the Standard Webhooks form (`webhook-id`, `webhook-timestamp` "
            "and `webhook-signature`, which also refuses calls that are old and runs none twice).",
        )
        secret: str = Field(
            default="",
            title="Signing secret",
            description="Known to the caller too. A Standard Webhooks secret begins with `whsec_`.",
            json_schema_extra={
                "x-ui": {"secret": True, "show_if": {"field": "signature", "value": ["github", "standard"]}}
            },
        )
        signature_header: str = Field(
            default="X-Hub-Signature-256",
            pattern=r"^[A-Za-z0-9-]+$",
            title="Signature header",
            description="The header that holds the signature.",
            json_schema_extra={"x-ui": {"show_if": {"field": "signature", "value": "github"}}},
        )

    @classmethod
    def check(cls, config):
        if config.signature != "none" and not config.secret:
            return ["Give the signing secret, or choose the signature none."]
        return []

    @staticmethod
    def source(path):
        """What the event of a call says as its source: which webhook it came through, not the secret."""
        return "webhook:" + hashlib.sha256(path.encode()).hexdigest()[:32]

    def matches(self):
        return self.context.event.source == self.source(self.config.path)

    def run(self, payload):
        return "payload", payload
