"""Count payloads."""

from flowstudio.plugin import Expression, Field, NodeConfig, NodeFailed, Plugin, Port

YEAR = 366 * 24 * 3600


class Counter(Plugin):
    """Counts the payloads of each key and writes the count into a field of the payload.

    The count goes on from run to run and survives a restart; test runs count for themselves. A run that
    fails at this node is not counted.
    """

    name, group, icon = "Counter", "Flow", "hash"
    inputs = (Port("payload", "The object that is counted.", type="object"),)
    outputs = (Port("payload", "The payload with its count, which begins at 1.", type="object"),)
    transaction = True
    errors = {
        "NodeFailed": "The payload is no object, so it has no field for the count.",
        "StoreRefused": "The key has more than 200 characters.",
    }

    class Config(NodeConfig):
        key: Expression = Field(
            default="",
            title="Key",
            description="What is counted apart. Leave it empty for one count of all.",
            examples=["event.subject", "payload.customer.id"],
        )
        field: str = Field(
            default="count",
            min_length=1,
            title="Field",
            description="The field of the payload that takes the count.",
            examples=["visits"],
        )
        period: float | None = Field(
            default=None,
            gt=0,
            le=YEAR,
            title="Begin again after",
            description="Seconds from the first one on, after which the count begins again. Empty: never.",
            examples=[3600],
        )

    def run(self, payload):
        key = "" if self.config.key is None else str(self.config.key)
        if not isinstance(payload, dict):
            raise NodeFailed("The payload must be an object, so that the count can be one of its fields.")
        count = self.context.store.count(key, seconds=self.config.period)
        return "payload", {**payload, self.config.field: count}
