"""`manage.py token USER`: make an API token and print its secret, this once."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from flowstudio.tokens import SCOPES, create_token


class Command(BaseCommand):
    help = "Make an API token of a user and print its secret, which is not kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name of the user whom the token acts for")
        parser.add_argument("--name", default="command line", help="what it is for (%(default)s)")
        parser.add_argument(
            "--scopes", nargs="+", choices=SCOPES, default=list(SCOPES), help="what it may do (all)"
        )
        parser.add_argument("--days", type=int, help="how long it works (for ever)")

    def handle(
        self, *args: Any, user: str, name: str, scopes: list[str], days: int | None, **options: Any
    ) -> None:
        model = get_user_model()
        try:
            found = model._default_manager.get_by_natural_key(user)
        except model.DoesNotExist:
            raise CommandError(f"There is no user {user!r}.") from None
        if days is not None and days < 1:
            raise CommandError("--days must be 1 or more.")
        expires = None if days is None else timezone.now() + timedelta(days=days)
        _, secret = create_token(found, name, scopes, expires)
        self.stdout.write(secret)
