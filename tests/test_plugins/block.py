"""Block a thread: a node that nothing can stop."""

import time
from pathlib import Path

from flowstudio.plugin import NodeConfig, Plugin


class Block(Plugin):
    """Marks that it began, then sleeps on its thread."""

    name, group, icon = "Block", "Tests", "brick-wall"

    class Config(NodeConfig):
        path: str
        seconds: float

    def run(self, payload):
        Path(self.config.path).touch()
        time.sleep(self.config.seconds)
        return "payload", payload
