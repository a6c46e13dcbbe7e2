"""Run workflows in a process of their own, beside the server that a host project has."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from flowstudio import asgi
from flowstudio.runs import writer
from flowstudio.runs.local import LocalRunner


class Command(BaseCommand):
    help = (
        "Run workflows, without serving anything. Stop it with Ctrl-C or SIGTERM: what runs is handed back."
    )

    def handle(self, **_: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        runner = LocalRunner(asgi.wrap(None))
        runner.start()
        self.stdout.write(f"FlowStudio's worker {runner.worker} runs.")
        self.stdout.flush()
        stop.wait()
        runner.drain()
        writer.stop()
        runner.leave()
