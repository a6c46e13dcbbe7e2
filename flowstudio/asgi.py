"""The ASGI application of FlowStudio around a Django application: sockets, and the runner's channel.

``application = flowstudio.asgi.wrap(get_asgi_application())``. What is not ours goes on to the wrapped
application, so it may be a host's own router. The socket is ``<where the URLs are included>ws/live/``.
"""

from typing import Any

from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from channels.sessions import SessionMiddlewareStack
from django.core.handlers.asgi import ASGIHandler

from flowstudio.live.consumers import BranchConsumer, LiveConsumer
from flowstudio.runs.local import BRANCH_CHANNEL

LIVE_PATH = "/ws/live/"


class Application(ProtocolTypeRouter):
    """An application that has FlowStudio's parts in front."""


def wrap(django_app: Any) -> Application:
    """``django_app`` with FlowStudio's live socket and branch channel in front."""
    return Application(
        {
            "http": django_app,
            "websocket": _Sockets(_refuse if isinstance(django_app, ASGIHandler) else django_app),
            "channel": ChannelNameRouter({BRANCH_CHANNEL: BranchConsumer.as_asgi()}),
        }
    )


class _Sockets:
    """Our socket under any prefix; every other one goes to the wrapped application."""

    def __init__(self, others: Any) -> None:
        self._live = SessionMiddlewareStack(LiveConsumer.as_asgi())
        self._others = others

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        chosen = self._live if scope["path"].endswith(LIVE_PATH) else self._others
        await chosen(scope, receive, send)


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    """Django itself answers a socket with an exception; this one with a refusal."""
    await receive()
    await send({"type": "websocket.close"})
