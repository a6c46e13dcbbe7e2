"""Who is calling: a browser with its session and CSRF token, or a program with a Bearer token."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from flowstudio.models import ApiToken

SCOPES: Final = ("events", "read", "write")
PREFIX: Final = "fs_"
TOUCH_AGAIN_AFTER: Final = timedelta(minutes=1)


def hash_of(secret: str) -> str:
    """A token is 256 random bits, so a plain hash of it cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    user: Any, name: str, scopes: list[str], expires: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is not kept."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, scopes=scopes, expires=expires, hash=hash_of(secret), prefix=secret[:8]
    )
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The valid token of a secret, or None where it is unknown, revoked, expired or its user inactive."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires__isnull=True) | Q(expires__gt=now), hash=hash_of(secret), revoked__isnull=True)
        .first()
    )
    if token is None or not token.user.is_active:
        return None
    _touch(token, now)
    return token


def _touch(token: ApiToken, now: datetime) -> None:
    """Note the use, at most once a minute: a write per request would cost more than the request."""
    if token.last_used is None or token.last_used < now - TOUCH_AGAIN_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. First in the list, so that its challenge makes a 401 of "no user"."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.", "bad_token")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of a browser; its unsafe requests need the CSRF token."""


class TokenScope(permissions.BasePermission):
    """A token may do what its scopes say: `read`, `write`, or only send `events`. A session may do all."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        needed = scopes_for(request.method or "", view)
        self.message = f"This token lacks the scope {' or '.join(needed)!r}." if needed else SESSION_ONLY
        return any(scope in token.scopes for scope in needed)


SESSION_ONLY: Final = "Tokens cannot do this; sign in instead."


def scopes_for(method: str, view: Any) -> tuple[str, ...]:
    """Any of these is enough; none: no token may."""
    if getattr(view, "session_only", False):
        return ()
    if method in permissions.SAFE_METHODS:
        return ("read",)
    return getattr(view, "write_scopes", ("write",))


class CanBeCalled(permissions.IsAuthenticated):
    """Default-deny: nobody without a user."""

    message = "Sign in, or send an API token as `Authorization: Bearer …`."
