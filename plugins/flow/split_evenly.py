"""Share payloads out among branches."""

import hashlib
import json

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin


class SplitEvenly(Plugin):
    """Sends each payload to one of several ports, so that all get about as many.

    With a key, payloads of the same key always take the same port: a customer stays in her group. Without
    one they take turns, from run to run; test runs take turns among themselves.
    """

    name, group, icon = "Split evenly", "Flow", "split"
    outputs = ()
    outputs_from = "names"
    passes_payload = True
    transaction = True
    errors = {"Key": "The key could not be evaluated; the message names what is missing."}

    class Config(NodeConfig):
        names: list[str] = Field(
            default=["a", "b"],
            min_length=2,
            title="Ports",
            description="The names of the ports among which payloads are shared out.",
            examples=[["control", "variant"]],
        )
        key: Expression = Field(
            default="",
            title="Key",
            description="What always takes the same port. Leave it empty to take turns.",
            examples=["event.subject", "payload.customer.id"],
        )

    @classmethod
    def check(cls, config):
        problems = []
        if any(not name.strip() for name in config.names):
            problems.append("A port has no name. Give it one or remove it.")
        if len(set(config.names)) < len(config.names):
            problems.append("Two ports have the same name.")
        return problems

    def run(self, payload):
        names, key = self.config.names, self.config.key
        if key in ("", None):
            number = self.context.store.count("turn") - 1
        else:
            text = json.dumps(key, sort_keys=True).encode()
            number = int.from_bytes(hashlib.sha256(text).digest()[:8])
        return names[number % len(names)], payload
