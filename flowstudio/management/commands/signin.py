"""`manage.py signin USER`: print a link that signs a person in once."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from flowstudio import signin


class Command(BaseCommand):
    help = "Print a link that signs a user in once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the name the user signs in with")
        parser.add_argument(
            "--origin", default="http://127.0.0.1:8000", help="where the studio is served (%(default)s)"
        )
        parser.add_argument(
            "--create-administrator",
            action="store_true",
            help="make the user, an administrator without a password, if there is none of this name",
        )

    def handle(self, *args: Any, user: str, origin: str, create_administrator: bool, **options: Any) -> None:
        model = get_user_model()
        try:
            found = model._default_manager.get_by_natural_key(user)
        except model.DoesNotExist:
            if not create_administrator:
                raise CommandError(
                    f"There is no user {user!r}. Make an administrator: "
                    f"manage.py signin {user} --create-administrator"
                ) from None
            found = signin.create_administrator(user)
        if not found.is_active:
            raise CommandError(f"The user {user!r} is not active and cannot sign in.")
        self.stdout.write(signin.link_for(found, origin))
