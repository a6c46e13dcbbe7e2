"""A runner in the test's own process: what is stored is executed, as in the studio."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.asgi import get_asgi_application

from flowstudio import asgi
from flowstudio.runs.local import LocalRunner


@contextmanager
def running() -> Iterator[LocalRunner]:
    runner = LocalRunner(asgi.wrap(get_asgi_application()))
    runner.start()
    try:
        yield runner
    finally:
        runner.drain()
