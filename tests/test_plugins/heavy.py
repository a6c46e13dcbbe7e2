"""Computes in a process of its own, or ends it."""

import os

from flowstudio.plugin import Plugin


class Heavy(Plugin):
    """Says in which process it ran."""

    name, group, effects, process = "Heavy", "Test", False, True

    def run(self, payload):
        self.context.log.info("computing")
        if payload == "die":
            os._exit(1)
        return "payload", os.getpid()
