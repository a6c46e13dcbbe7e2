"""One-time sign-in links: how a new installation is entered without any default password."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

FIRST_USER = "admin"


class LinkTokens(PasswordResetTokenGenerator):
    """A token that dies with its use: the sign-in changes ``last_login``, which is part of it.

    To the microsecond, unlike Django's own: a link made in the second of a sign-in must die as well.
    """

    key_salt = "flowstudio.signin.LinkTokens"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        last_login: datetime | None = user.last_login
        return f"{user.pk}{user.password}{last_login and last_login.isoformat()}{timestamp}{user.is_active}"


tokens = LinkTokens()


def link_for(user: Any, origin: str = "") -> str:
    """The address that signs ``user`` in once. ``origin``: `http://127.0.0.1:8000`."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("flowstudio:sign-in-link", kwargs={"uid": uid, "token": tokens.make_token(user)})
    return origin.rstrip("/") + path


def first_link(origin: str = "") -> str | None:
    """A link for an administrator, while nobody can sign in by password; makes the first user.

    None where somebody has a password: then the sign-in page is the way in.
    """
    users = get_user_model()._default_manager
    with transaction.atomic():
        if any(user.has_usable_password() for user in users.filter(is_active=True).iterator()):
            return None
        user = users.filter(is_active=True, is_superuser=True).order_by("pk").first() or create_administrator(
            FIRST_USER
        )
    return link_for(user, origin)


def create_administrator(name: str) -> Any:
    """A superuser without a password, who comes in by link."""
    model = get_user_model()
    user = model(**{model.USERNAME_FIELD: name}, is_superuser=True)
    if hasattr(user, "is_staff"):
        user.is_staff = True
    user.set_unusable_password()
    user.save()
    return user


def use(uid: str, token: str) -> Any:
    """The user of a link, which is used up by this call; None where it is none, too old or used."""
    model = get_user_model()
    with transaction.atomic():
        try:
            pk = model._meta.pk.to_python(urlsafe_base64_decode(uid).decode())
            user = model._default_manager.select_for_update().get(pk=pk, is_active=True)
        except (ValueError, OverflowError, ValidationError, model.DoesNotExist):
            return None
        if not tokens.check_token(user, token):
            return None
        user.last_login = timezone.now()
        user.save(update_fields=["last_login"])
    return user
