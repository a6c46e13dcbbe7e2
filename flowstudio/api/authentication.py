"""Who is calling: a browser with its session and CSRF token, or a program with a Bearer token."""

from typing import Any, Final

from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from flowstudio import tokens
from flowstudio.models import ApiToken


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. First in the list, so that its challenge makes a 401 of "no user"."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.find_token(secret.strip())
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
