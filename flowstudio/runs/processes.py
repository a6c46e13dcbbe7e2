"""Calls plain functions in processes of their own, with Django set up there: for nodes that need the CPU.

Django is set up before the function's arguments are used, so a plugin that stands in a Django app can be
imported by it. This module, and the function by its reference, are imported earlier than that: they import no
models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import django
from anyio import BrokenWorkerProcess, to_process
from django.apps import apps
from django.db import connections

from flowstudio.engine.errors import NodeFailed

T = TypeVar("T")


class ProcessDied(NodeFailed):
    """The process of a node ended before it had a result."""


async def in_process(work: Callable[..., T], *arguments: object) -> T:
    """Call a function of a module in another process; what is sent either way must be picklable.

    Cancelling kills the process. As many run at once as there are processors. Raises what the function
    raises, or ProcessDied.
    """
    try:
        return await to_process.run_sync(_in_django, work, arguments, cancellable=True)
    except BrokenWorkerProcess:
        raise ProcessDied(
            "The process of this node ended before it gave a result: it crashed, ended itself, or was killed,"
            " perhaps because the memory was used up."
        ) from None


def _in_django(work: Callable[..., T], arguments: tuple[object, ...]) -> T:
    if not apps.ready:
        django.setup()
    try:
        return work(*arguments)
    finally:
        connections.close_all()
