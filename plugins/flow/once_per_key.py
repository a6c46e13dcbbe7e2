"""Let a key pass once."""

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin, Port

YEAR = 366 * 24 * 3600


class OncePerKey(Plugin):
    """Goes on at `payload` the first time a key comes, and at `again` every later time.

    It remembers across runs and restarts; test runs remember for themselves. A payload whose run fails
    at this node does not count as the first.
    """

    name, group, icon = "Once per key", "Flow", "key"
    outputs = (
        Port("payload", "The payload, the first time within the period."),
        Port("again", "The payload, every later time."),
    )
    passes_payload = True
    transaction = True
    errors = {"StoreRefused": "The key has more than 200 characters."}

    class Config(NodeConfig):
        key: Expression = Field(
            default="",
            title="Key",
            description="What passes once. Leave it empty to let one of all pass.",
            examples=["event.subject", "payload.customer.id"],
        )
        period: float | None = Field(
            default=None,
            gt=0,
            le=YEAR,
            title="Period",
            description="Seconds from the first one on, after which the key may pass again. Empty: never.",
            examples=[86400],
        )

    def run(self, payload):
        key = "" if self.config.key is None else str(self.config.key)
        first = self.context.store.once(key, seconds=self.config.period)
        return ("payload" if first else "again"), payload
