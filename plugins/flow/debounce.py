"""Let a burst of payloads pass as one."""

import asyncio
import hashlib

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin, Port

DAY = 24 * 3600


class Debounce(Plugin):
    """Waits until a key has been quiet for some seconds, and lets only its newest payload go on.

    Every payload of the key begins the wait anew. The older ones leave at `superseded` when their own wait
    is over. The run stays open meanwhile, as with *Delay*: if the server restarts in between, a background
    run begins this wait again from its start, and a payload that was superseded stays so. Put it behind
    *Run in background*, so that nobody waits for the answer.
    """

    name, group, icon = "Debounce", "Flow", "pause"
    outputs = (
        Port("payload", "The newest payload of the key, once it has been quiet."),
        Port("superseded", "A payload that was followed by another one within the quiet time."),
    )
    passes_payload = True
    errors = {"Key": "The key could not be evaluated; the message names what is missing."}

    class Config(NodeConfig):
        seconds: float = Field(
            default=5.0,
            gt=0,
            le=DAY,
            title="Quiet for",
            description="Seconds without another payload of the key.",
            examples=[30],
        )
        key: Expression = Field(
            default="",
            title="Key",
            description="What is waited for apart. Leave it empty for all together.",
            examples=["event.subject", "payload.document.id"],
        )

    async def run(self, payload):
        newest = await self.context.on_thread(self._take_over)
        await asyncio.sleep(self.config.seconds)
        is_newest = await self.context.on_thread(self._is_newest, newest)
        return ("payload" if is_newest else "superseded"), payload

    def _take_over(self):
        """Be the newest of the key, once: a run that begins this wait again takes over from nobody."""
        key = self.config.key
        newest = hashlib.sha256(("" if key is None else str(key)).encode()).hexdigest()
        own, kept = self.context.idempotency_key, self.config.seconds + DAY
        if self.context.store.once(f"taken:{own}", seconds=kept):
            self.context.store.put(newest, own, seconds=kept)
        return newest

    def _is_newest(self, newest):
        return self.context.store.get(newest) == self.context.idempotency_key
