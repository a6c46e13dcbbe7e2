"""Kill the process: a poisonous node."""

import os
import signal

from flowstudio.plugin import NodeConfig, Plugin


class Die(Plugin):
    """Ends the whole process, as running out of memory would."""

    name, group, icon = "Die", "Tests", "skull"

    class Config(NodeConfig):
        pass

    def run(self, payload):
        os.kill(os.getpid(), signal.SIGKILL)
