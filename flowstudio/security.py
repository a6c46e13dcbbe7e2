"""The headers of our own URLs: a strict Content Security Policy and its companions.

Applied to our views only, so that a host's other pages keep the policy they have.
"""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from csp.middleware import CSPMiddleware
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

from flowstudio.conf import settings

HEADERS: Final = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def policy() -> dict[str, list[Any]]:
    """No inline script, no eval; styles by nonce, because CodeMirror and Base UI add `<style>`."""
    static = _static_origin()
    directives: dict[str, list[Any]] = {
        "default-src": [NONE],
        "script-src": [SELF, *static],
        "style-src": [SELF, NONCE, *static],
        "img-src": [SELF, "data:", *static],
        "font-src": [SELF, *static],
        "connect-src": [SELF],
        "worker-src": [SELF, *static],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
    if settings.VITE_DEV_SERVER:
        _allow_vite(directives, settings.VITE_DEV_SERVER)
    return directives


def _static_origin() -> list[str]:
    """The host of a host project's static files, where they are served from elsewhere."""
    parts = urlsplit(django_settings.STATIC_URL or "")
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def _allow_vite(directives: dict[str, list[Any]], server: str) -> None:
    for name in ("script-src", "style-src", "img-src", "font-src", "connect-src", "worker-src"):
        directives[name] += [server]
    directives["connect-src"] += [server.replace("http", "ws", 1)]
    directives["script-src"] += [NONCE]  # Vite's React refresh is an inline script


def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
    """``view`` with the policy and the headers on its answer; ``request.csp_nonce`` inside."""
    middleware = CSPMiddleware(lambda request: None)  # type: ignore[arg-type]

    def finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response.render()  # the nonce must be used before the header is written
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response._csp_config = policy()  # type: ignore[attr-defined]
        return middleware.process_response(request, response)

    if iscoroutinefunction(view):

        @wraps(view)
        async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            middleware.process_request(request)
            return finish(request, await view(request, *args, **kwargs))

        return guarded_async

    @wraps(view)
    def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        middleware.process_request(request)
        return finish(request, view(request, *args, **kwargs))

    return guarded_view


def guard(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """All views of ``patterns``, those of includes as well, guarded."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = guarded(pattern.callback)
        else:
            guard(pattern.url_patterns)
    return patterns
