"""Guessing passwords: after some failures a name is refused for a while from where they came."""

from hashlib import sha256
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

ALLOWED: Final = 10
SECONDS: Final = 300


def blocked(request: HttpRequest, name: str) -> bool:
    return int(cache.get(_key(request, name), 0)) >= ALLOWED


def failed(request: HttpRequest, name: str) -> None:
    """Count a failure; the time runs from the first, so that nobody is locked out for long."""
    key = _key(request, name)
    if not cache.add(key, 1, SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it expired in between
            cache.set(key, 1, SECONDS)


def succeeded(request: HttpRequest, name: str) -> None:
    cache.delete(_key(request, name))


def _key(request: HttpRequest, name: str) -> str:
    """Name and address together: others must not be able to lock a person out by guessing."""
    who = f"{request.META.get('REMOTE_ADDR', '')} {name.casefold()}"
    return f"flowstudio:sign-in:{sha256(who.encode()).hexdigest()}"
