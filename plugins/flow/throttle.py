"""Let only so many payloads pass in a time."""

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin, Port

YEAR = 366 * 24 * 3600


class Throttle(Plugin):
    """Lets at most a number of payloads of each key pass in a period; the others leave at `throttled`.

    A period begins with the first payload after the one before has ended. It counts across runs and
    restarts; test runs count for themselves.
    """

    name, group, icon = "Throttle", "Flow", "funnel"
    outputs = (
        Port("payload", "The payload, while fewer than the limit have passed."),
        Port("throttled", "The payload, when the limit of this period is reached."),
    )
    passes_payload = True
    transaction = True
    errors = {"StoreRefused": "The key has more than 200 characters."}

    class Config(NodeConfig):
        limit: int = Field(
            default=1, ge=1, title="Limit", description="How many pass in a period.", examples=[10]
        )
        period: float = Field(
            default=60.0, gt=0, le=YEAR, title="Period", description="Its length in seconds.", examples=[3600]
        )
        key: Expression = Field(
            default="",
            title="Key",
            description="What is limited apart. Leave it empty for one limit for all.",
            examples=["event.subject", "payload.customer.id"],
        )

    def run(self, payload):
        key = "" if self.config.key is None else str(self.config.key)
        count = self.context.store.count(key, seconds=self.config.period)
        return ("payload" if count <= self.config.limit else "throttled"), payload
