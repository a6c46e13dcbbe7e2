"""News inside one process: which run changed. It carries no data; whoever hears it reads the rows.

Published after the commit, on the thread that committed, so a listener only notes what it heard.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

logger = logging.getLogger(__name__)


class News(NamedTuple):
    root: UUID
    run: UUID
    seq: int
    workflow: UUID
    ended: bool = False  # spares those who wait for an end a look at every step


Listener = Callable[[News], None]

_listeners: tuple[Listener, ...] = ()


def subscribe(listener: Listener) -> Callable[[], None]:
    """Call ``listener`` with each piece of news; returns what ends the subscription."""
    global _listeners
    _listeners = (*_listeners, listener)
    return partial(_unsubscribe, listener)


def _unsubscribe(listener: Listener) -> None:
    global _listeners
    _listeners = tuple(known for known in _listeners if known is not listener)


def publish(root: UUID, run: UUID, seq: int, workflow: UUID, ended: bool = False) -> None:
    """Tell every listener now. One that fails is logged: watching can never break running."""
    news = News(root, run, seq, workflow, ended)
    for listener in _listeners:
        try:
            listener(news)
        except Exception:
            logger.exception("A listener for news of runs failed.")


def publish_on_commit(root: UUID, run: UUID, seq: int, workflow: UUID, ended: bool = False) -> None:
    """Tell every listener once the current transaction is committed; never, if it is rolled back."""
    transaction.on_commit(partial(publish, root, run, seq, workflow, ended), robust=True)
