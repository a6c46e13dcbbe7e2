"""Whether a WebSocket may be opened from the page that asks: its Origin must be ours.

Browsers send cookies with every WebSocket, whatever page opens it, and no CSRF token. Channels' own
validator reads ALLOWED_HOSTS, where ``*`` switches the check off; so this one compares with the Host of
the request itself, which must be an allowed one, and with the setting ALLOWED_ORIGINS.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.http.request import validate_host

from flowstudio.conf import settings

LOCAL_HOSTS = [".localhost", "127.0.0.1", "[::1]"]  # what Django allows with DEBUG and no ALLOWED_HOSTS
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_ours(scope: dict[str, Any]) -> bool:
    """Missing, ``null``, foreign, another port: all refused."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1")
    parts = _address(origin)
    if parts is None:
        return False
    if any(_address(allowed) == parts for allowed in settings.ALLOWED_ORIGINS):
        return True
    host = _host(headers)
    own = _address(f"{parts[0]}://{host}")
    return own == parts and _is_allowed(host)


def _address(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None if it is not one."""
    try:
        parts = urlsplit(origin)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _host(headers: dict[bytes, bytes]) -> str:
    forwarded = headers.get(b"x-forwarded-host") if django_settings.USE_X_FORWARDED_HOST else None
    return (forwarded or headers.get(b"host", b"")).decode("latin-1")


def _is_allowed(host: str) -> bool:
    allowed: Iterable[str] = django_settings.ALLOWED_HOSTS
    if not allowed and django_settings.DEBUG:
        allowed = LOCAL_HOSTS
    name = urlsplit(f"//{host}").hostname or ""
    return validate_host(f"[{name}]" if ":" in name else name, allowed)
