"""API tokens: made, kept as hashes, and found again by their secret."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

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
