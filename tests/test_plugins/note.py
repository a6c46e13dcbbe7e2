"""Write a line into a file: an effect that tests can count."""

import asyncio
from pathlib import Path

from flowstudio.plugin import NodeConfig, Plugin


class Note(Plugin):
    """Appends its text to a file, then waits."""

    name, group, icon = "Note", "Tests", "pen"

    class Config(NodeConfig):
        path: str
        text: str = "here"
        seconds: float = 0

    async def run(self, payload):
        with Path(self.config.path).open("a") as file:
            file.write(f"{self.config.text}\n")
        self.context.log.info(self.config.text)
        await asyncio.sleep(self.config.seconds)
        return "payload", payload
